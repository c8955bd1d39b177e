#include "search/index.hpp"

#include <system_error>
#include <utility>

#include "base/log.hpp"

namespace soyuz::search {

Index::Index(store::Store const& store, Options options)
    : file_(options.file),
      intake_(store, std::move(options.read), state_),
      indexer_(store, file_, std::move(options.rooms), intake_, state_) {}

void Index::stop() {
    {
        std::lock_guard const lock{reading_};
        reader_.reset();
    }
    indexer_.stop();
}

std::unique_ptr<Candidates> Index::look(Request request) {
    std::unique_lock reading{reading_};
    {
        std::shared_lock const lock{state_.mutex};
        // The file may be another one when it is ready again.
        if (!state_.is_ready) {
            reader_.reset();
            return nullptr;
        }
    }
    intake_.drain();
    try {
        if (!reader_) reader_ = std::make_unique<Database>(file_, Database::Mode::read);
        return std::make_unique<Candidates>(state_, *reader_, std::move(reading), std::move(request));
    } catch (DatabaseFailure const& failure) {
        base::log::warn("the search index can't be read", {{"error", failure.what()}});
        return nullptr;
    }
}

Index::Figures Index::figures() const {
    Figures figures;
    {
        std::shared_lock const lock{state_.mutex};
        figures.is_ready = state_.is_ready;
        figures.messages = state_.catalogue.messages();
        figures.fresh = state_.fresh.size();
    }
    for (auto const* const ending : {"", "-wal"}) {
        std::error_code fault;
        auto const bytes = std::filesystem::file_size(file_.string() + ending, fault);
        if (!fault) figures.bytes += bytes;
    }
    return figures;
}

}  // namespace soyuz::search
