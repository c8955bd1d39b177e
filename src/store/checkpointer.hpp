#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "store/committer.hpp"
#include "store/message_files.hpp"

namespace soyuz::store {

/// The thread that writes checkpoints: now and then, when the journal is large, and one at the end.
///
/// Thread-safe but for `start` and `stop`.
class Checkpointer {
public:
    Checkpointer(Files& files, Options const& options, Tuning const& tuning, MessageFiles& messages,
                 SharedState& shared, Committer& committer);
    ~Checkpointer() { stop(); }
    Checkpointer(Checkpointer const&) = delete;
    Checkpointer& operator=(Checkpointer const&) = delete;

    /// `mark` is the record up to which the files contain the journal. Where that has damaged parts, a full checkpoint
    /// comes first: they are done with once everything readable is in the files. `then` is the thread's first work.
    void start(std::uint64_t mark, bool has_damage, std::function<void()> then);

    /// Ends the thread and writes what is left. The committer must still run.
    void stop();
    bool is_stopping() const { return is_stopping_; }

    /// Wants a checkpoint soon; waits for nothing.
    void wake();

    /// Asks for everything to be rewritten soon, so that nothing older stays; does not wait.
    void purge();

    /// Writes all that has changed, or with `is_full` every file in both generations. Blocks on the disk. 0 or a
    /// negated errno.
    int write(bool is_full);

    /// No checkpoint is written as long as this is kept.
    [[nodiscard]] std::unique_lock<std::mutex> pause() { return std::unique_lock{mutex_}; }

    std::uint64_t count() const { return count_; }  ///< checkpoints since the start

private:
    void run();

    Files& files_;
    Options const& options_;
    Tuning const& tuning_;
    MessageFiles& messages_;
    SharedState& shared_;
    Committer& committer_;

    std::mutex mutex_;        ///< one checkpoint at a time; guards `mark_`
    std::uint64_t mark_ = 0;  ///< record that the last checkpoint stands at
    std::atomic<std::uint64_t> count_{0};

    std::mutex wish_mutex_;  ///< guards `is_wanted_`, and changes of `is_stopping_`
    std::condition_variable wish_changed_;
    bool is_wanted_ = false;
    std::atomic<bool> is_purge_wanted_{false};
    std::atomic<bool> is_stopping_{false};

    std::thread thread_;
};

}  // namespace soyuz::store
