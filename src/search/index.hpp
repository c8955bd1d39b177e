#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "search/candidates.hpp"
#include "search/indexer.hpp"
#include "search/intake.hpp"
#include "store/store.hpp"

namespace soyuz::search {

/// Finds messages by their words. Derived from the store: made where it is absent, kept as the store changes, made
/// again where it can't be trusted. The chat goes on without it. Thread-safe.
class Index {
public:
    struct Options {
        std::filesystem::path file;
        ReadDocument read;
        std::function<std::vector<base::RoomId>()> rooms;  ///< all that there are
    };
    Index(store::Store const& store, Options options);
    ~Index() { stop(); }

    /// Begins to read what the store has. `note` comes before this, or nothing is committed in between.
    void start() { indexer_.start(); }
    /// Writes what is due. Nothing may be committed or looked for any more.
    void stop();

    /// What the store's hook tells. Quick.
    void note(std::vector<store::MessageChange> const& changes) { intake_.note(changes); }

    /// Null while the index is being made, or can't be: then texts are to be looked through. What was committed before
    /// this call is found.
    std::unique_ptr<Candidates> look(Request request);

    /// Waits until all is written; for tests and benchmarks.
    void settle() { indexer_.settle(); }

    struct Figures {
        bool is_ready = false;
        std::size_t messages = 0;  ///< in the file
        std::size_t fresh = 0;     ///< beside it
        std::uintmax_t bytes = 0;  ///< of the file
    };
    Figures figures() const;

private:
    std::filesystem::path const file_;
    IndexState state_;
    Intake intake_;
    Indexer indexer_;
    std::mutex reading_;  ///< guards `reader_`
    std::unique_ptr<Database> reader_;
};

}  // namespace soyuz::search
