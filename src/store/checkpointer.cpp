#include <algorithm>

#include "base/log.hpp"
#include "store/journal.hpp"
#include "store/local_store.hpp"

namespace soyuz::store {
namespace {

constexpr std::chrono::milliseconds shortest_interval{1};

/// Drops segments that hold nothing but records up to `number`. What can't be removed stays for the next time.
void drop_segments(Files& files, Path const& folder, std::uint64_t number) {
    std::vector<std::uint64_t> firsts;
    if (list_segments(files, folder, firsts) < 0) return;
    for (std::size_t i = 0; i + 1 < firsts.size() && firsts[i + 1] <= number + 1; ++i) {
        // Oldest first, so that what is left has no gap.
        if (files.remove(folder / (std::to_string(firsts[i]) + ".jsonl")) < 0) break;
        if (files.sync_folder(folder) < 0) break;
    }
}

}  // namespace

Result<void> LocalStore::checkpoint() {
    if (int const error = write_checkpoint(false); error < 0) {
        return base::Error{base::Code::read_only, "The disk is full or failing.", std::chrono::seconds{2}};
    }
    return {};
}

int LocalStore::write_checkpoint(bool is_full) {
    std::lock_guard lock{checkpoint_mutex_};
    Frozen frozen;
    bool has_something = false;
    std::uint64_t journal_bytes = 0;
    int error = on_committer([&] {
        if (journal_.broken()) return -EROFS;
        {
            std::shared_lock state_lock{state_mutex_};
            has_something = is_full || has_changes(state_);
        }
        if (!has_something) return 0;
        if (!journal_.is_empty()) {
            if (int const failure = journal_.begin_segment(journal_.next()); failure < 0) return failure;
        }
        journal_bytes = journal_bytes_.exchange(0);
        std::shared_lock state_lock{state_mutex_};
        frozen = freeze(state_, journal_.next() - 1, is_full);
        return 0;
    });
    if (error == 0 && has_something)
        error = write_frozen(files_, options_.folder, message_files_, frozen, state_, state_mutex_);
    if (error < 0) {
        journal_bytes_ += journal_bytes;
        base::log::warn("A checkpoint failed and will be tried again: " + error_text(error));
        return error;
    }
    if (!has_something) return 0;
    // The journal goes back to where the previous generation of every file stands.
    drop_segments(files_, options_.folder / "journal", is_full ? frozen.number : mark_number_);
    mark_number_ = frozen.number;
    ++checkpoints_;
    std::unique_lock state_lock{state_mutex_};
    state_.trim_recent(options_.recent_messages, tuning_.recent_bytes);
    return 0;
}

void LocalStore::run_checkpointer() {
    if (tuning_.searches_for_damage) search_for_damage();
    std::unique_lock lock{wish_mutex_};
    while (!is_closing_) {
        wish_changed_.wait_for(lock, std::max(options_.checkpoint_interval, shortest_interval),
                               [&] { return is_closing_.load() || wants_checkpoint_; });
        if (is_closing_) return;
        wants_checkpoint_ = false;
        lock.unlock();
        write_checkpoint(false);
        lock.lock();
    }
}

}  // namespace soyuz::store
