#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "store/journal.hpp"
#include "store/state.hpp"
#include "store/store.hpp"
#include "store/tuning.hpp"

namespace soyuz::store {

/// The one thread that writes the journal and changes the state: it takes all that is queued, writes it with one write
/// and one fsync, applies it, and runs the `done`s. While the disk fails it refuses, and looks whether it recovers.
///
/// Thread-safe but for `start` and `stop`.
class Committer {
public:
    /// `journal_is_large` runs on the committer's thread once so much has gathered that a checkpoint is due.
    Committer(Files& files, Options const& options, Tuning const& tuning, SharedState& shared,
              std::function<void()> journal_is_large);
    ~Committer() { stop(); }
    Committer(Committer const&) = delete;
    Committer& operator=(Committer const&) = delete;

    /// Begins with record `next`. 0 or a negated errno.
    int start(std::uint64_t next);

    /// Commits what is queued, and ends.
    void stop();

    void commit(Batch batch, Done done);  ///< as Store says
    void attach(Store::Hooks hooks);      ///< as Store says
    bool is_writable() const { return is_writable_; }
    std::uint64_t number() const { return number_.load(std::memory_order_relaxed); }  ///< as Store says

    /// Runs `task` on the committer's thread, which owns the journal, between two groups; waits, and gives its result.
    int with_journal(std::function<int(Journal&)> const& task);

    /// Bytes of the journal that no checkpoint covers. Taken as one begins, and given back should it fail.
    std::uint64_t take_journal_bytes() { return journal_bytes_.exchange(0); }
    void give_back_journal_bytes(std::uint64_t bytes) { journal_bytes_ += bytes; }

    /// What commits are counted in; the rest is left 0.
    Store::Figures figures() const;

private:
    struct Queued {
        Batch batch;
        Done done;
        std::vector<Seq> seqs;
        std::uint64_t number = 0;  ///< 0: refused
        std::size_t bytes = 0;     ///< of its texts, counted in waiting_bytes_
    };

    void run();
    std::chrono::milliseconds next_wake_up() const;
    std::size_t write_part(std::vector<Queued>& group, std::size_t from);
    bool number_batch(Queued& queued);
    Seq& next_seq(std::string const& room);
    void finish(std::vector<Queued>& group, std::size_t from, std::size_t to, base::Error const* failure);
    void tell_changes(std::vector<MessageChange> const& changes);
    void care_for_disk();
    void set_writable(bool writable);

    Options const& options_;
    Tuning const& tuning_;
    SharedState& shared_;
    std::function<void()> const journal_is_large_;

    std::mutex queue_mutex_;  ///< guards the members up to `is_asleep_`
    std::condition_variable queue_changed_;
    std::vector<Queued> queue_;
    std::chrono::steady_clock::time_point oldest_queued_;  ///< since when the queue is not empty
    std::vector<std::function<void()>> tasks_;
    bool is_stopping_ = false;
    bool is_asleep_ = false;
    std::atomic<std::size_t> waiting_{0};  ///< batches whose `done` has not run
    std::atomic<std::size_t> waiting_bytes_{0};

    // The thread's own.
    Journal journal_;
    std::string lines_;
    std::unordered_map<std::string, Seq> next_seqs_;
    std::chrono::steady_clock::time_point next_probe_;
    std::chrono::steady_clock::time_point next_sync_;

    std::mutex hooks_mutex_;  ///< guards `hooks_`; held while a hook runs, so that `attach` waits for it
    Store::Hooks hooks_;
    std::atomic<bool> is_writable_{true};

    std::atomic<std::uint64_t> number_{0};         ///< of the newest committed record
    std::atomic<std::uint64_t> journal_bytes_{0};  ///< since the last checkpoint
    std::atomic<std::uint64_t> commits_{0}, batches_{0}, bytes_{0}, messages_{0};
    std::atomic<std::int64_t> last_fsync_{0};
    base::Histogram fsyncs_{{50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 100'000, 500'000, 2'000'000}};
    base::Histogram waits_{{100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 100'000, 500'000, 2'000'000}};
    base::Histogram groups_{{1, 2, 4, 8, 16, 32, 64, 128, 256, 1'024, 4'096}};

    std::thread thread_;
};

}  // namespace soyuz::store
