#include "store/checkpointer.hpp"

#include <algorithm>
#include <cerrno>

#include "base/log.hpp"
#include "store/checkpoint.hpp"

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

Checkpointer::Checkpointer(Files& files, Options const& options, Tuning const& tuning, MessageFiles& messages,
                           SharedState& shared, Committer& committer)
    : files_(files), options_(options), tuning_(tuning), messages_(messages), shared_(shared), committer_(committer) {}

void Checkpointer::start(std::uint64_t mark, bool has_damage, std::function<void()> then) {
    mark_ = mark;
    if (has_damage) write(true);
    thread_ = std::thread{[this, then = std::move(then)] {
        then();
        run();
    }};
}

void Checkpointer::stop() {
    if (!thread_.joinable()) return;
    {
        std::lock_guard const lock{wish_mutex_};
        is_stopping_ = true;
    }
    wish_changed_.notify_all();
    thread_.join();
    committer_.with_journal([](Journal& journal) { return journal.broken() ? journal.repair() : 0; });
    if (write(false) < 0) base::log::warn("the last checkpoint failed: the next start reads the journal instead");
}

void Checkpointer::wake() {
    std::lock_guard const lock{wish_mutex_};
    is_wanted_ = true;
    wish_changed_.notify_one();
}

void Checkpointer::purge() {
    is_purge_wanted_ = true;
    wake();
}

int Checkpointer::write(bool is_full) {
    std::lock_guard const lock{mutex_};
    bool const purges = is_purge_wanted_.exchange(false);
    is_full = is_full || purges;
    Frozen frozen;
    bool has_something = false;
    std::uint64_t journal_bytes = 0;
    int error = committer_.with_journal([&](Journal& journal) {
        if (journal.broken()) return -EROFS;
        {
            std::shared_lock const state_lock{shared_.mutex};
            has_something = is_full || has_changes(shared_.state);
        }
        if (!has_something) return 0;
        if (!journal.is_empty()) {
            if (int const failure = journal.begin_segment(journal.next()); failure < 0) return failure;
        }
        journal_bytes = committer_.take_journal_bytes();
        std::shared_lock const state_lock{shared_.mutex};
        frozen = freeze(shared_.state, journal.next() - 1, is_full);
        return 0;
    });
    if (error == 0 && has_something) error = write_frozen(files_, options_.folder, messages_, frozen, shared_);
    if (error < 0) {
        if (purges) is_purge_wanted_ = true;
        committer_.give_back_journal_bytes(journal_bytes);
        base::log::warn("a checkpoint failed and will be tried again", {{"error", error_text(error)}});
        return error;
    }
    if (!has_something) return 0;
    // The journal goes back to where the previous generation of every file stands.
    drop_segments(files_, options_.folder / "journal", is_full ? frozen.number : mark_);
    mark_ = frozen.number;
    ++count_;
    std::unique_lock const state_lock{shared_.mutex};
    shared_.state.trim_recent(options_.recent_messages, tuning_.recent_bytes);
    return 0;
}

void Checkpointer::run() {
    std::unique_lock lock{wish_mutex_};
    while (!is_stopping_) {
        wish_changed_.wait_for(lock, std::max(options_.checkpoint_interval, shortest_interval),
                               [&] { return is_stopping_ || is_wanted_; });
        if (is_stopping_) return;
        is_wanted_ = false;
        lock.unlock();
        write(false);
        lock.lock();
    }
}

}  // namespace soyuz::store
