#include "store/local_store.hpp"

#include <algorithm>
#include <cerrno>

#include "store/check.hpp"
#include "store/recovery.hpp"

namespace soyuz::store {

LocalStore::LocalStore(Options options, base::Clock const& clock, Files& files, Tuning tuning)
    : options_(std::move(options)),
      tuning_(tuning),
      files_(files),
      quarantine_(files, options_.folder, clock),
      message_files_(files, options_.folder, quarantine_),
      committer_(files, options_, tuning_, shared_, [this] { checkpointer_.wake(); }),
      checkpointer_(files, options_, tuning_, message_files_, shared_, committer_),
      scan_(files, options_.folder, message_files_, quarantine_, shared_, checkpointer_),
      reader_(files, options_.folder, message_files_, shared_) {}

LocalStore::~LocalStore() {
    checkpointer_.stop();
    committer_.stop();
}

std::variant<std::unique_ptr<Store>, OpenFailure> LocalStore::open(Options options, base::Clock const& clock,
                                                                   Files& files, Tuning tuning) {
    std::unique_ptr<LocalStore> store{new LocalStore{std::move(options), clock, files, tuning}};
    if (auto failure = store->start()) return *std::move(failure);
    return store;
}

std::optional<OpenFailure> LocalStore::start() {
    auto const unusable = [&](int error) {
        return OpenFailure{OpenFailure::Kind::unusable,
                           "The data folder " + options_.folder.string() + " can't be used: " + error_text(error)};
    };
    if (int const error = ensure_folder(files_, options_.folder); error < 0) return unusable(error);
    // A new folder's own name has to outlive a power cut, too.
    auto const parent = std::filesystem::absolute(options_.folder / "").lexically_normal().parent_path().parent_path();
    if (int const error = files_.sync_folder(parent); error < 0 && error != -EACCES) return unusable(error);
    FolderLock::Failure failure;
    lock_ = FolderLock::take(files_, options_.folder, failure);
    if (!lock_) {
        return OpenFailure{failure.is_held ? OpenFailure::Kind::locked : OpenFailure::Kind::unusable, failure.message};
    }
    auto recovered = recover(files_, options_.folder, message_files_);
    if (recovered.failure) return *recovered.failure;
    auto const is_damage = [](Finding const& finding) { return finding.kind == Finding::Kind::damage; };
    bool const has_damage = std::any_of(recovered.findings.begin(), recovered.findings.end(), is_damage);
    if (options_.strict_recovery) {
        auto findings = recovered.findings;
        if (!has_damage) findings = examine(files_, options_.folder, recovered);
        auto const found = std::find_if(findings.begin(), findings.end(), is_damage);
        if (found != findings.end()) return OpenFailure{OpenFailure::Kind::damaged, describe(*found)};
    }
    if (int const error = settle(files_, options_.folder, recovered, quarantine_); error < 0) return unusable(error);
    shared_.state = std::move(recovered.state);
    for (auto const& name : options_.collections) shared_.state.collections.try_emplace(name);
    shared_.state.trim_recent(options_.recent_messages, tuning_.recent_bytes);
    if (int const error = committer_.start(recovered.next); error < 0) return unusable(error);
    checkpointer_.start(recovered.mark.number, has_damage, [this] {
        if (tuning_.searches_for_damage) scan_.run();
    });
    return std::nullopt;
}

Result<void> LocalStore::checkpoint() {
    if (checkpointer_.write(false) < 0)
        return base::Error{base::Code::read_only, "The disk is full or failing.", std::chrono::seconds{2}};
    return {};
}

Store::Figures LocalStore::figures() const {
    auto figures = committer_.figures();
    figures.checkpoints = checkpointer_.count();
    figures.quarantined = quarantine_.count();
    return figures;
}

std::variant<std::unique_ptr<Store>, OpenFailure> Store::open(Options options, base::Clock const& clock) {
    return LocalStore::open(std::move(options), clock, system_files(), {});
}

}  // namespace soyuz::store
