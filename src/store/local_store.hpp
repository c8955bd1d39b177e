#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "store/checkpoint.hpp"
#include "store/files.hpp"
#include "store/folder_lock.hpp"
#include "store/journal.hpp"
#include "store/message_files.hpp"
#include "store/quarantine.hpp"
#include "store/recovery.hpp"
#include "store/store.hpp"

namespace soyuz::store {

/// What only tests change.
struct Tuning {
    std::chrono::milliseconds probe_interval{1'000};  ///< between looks at a disk that failed
    std::chrono::milliseconds sync_interval{1'000};   ///< with Durability::interval
    std::size_t recent_bytes = 64U << 20U;            ///< of messages in memory that the files have, over all rooms
    std::size_t group_bytes = 8U << 20U;              ///< about how much one write and fsync takes
    bool searches_for_damage = true;                  ///< reads everything once, after a start
};

/// A store in a folder of this machine.
///
/// The committer is the one thread that writes the journal and changes the state: it takes all that is queued, writes
/// it with one write and one fsync, applies it, and runs the `done`s. What else needs the journal (a checkpoint's
/// freeze) is posted to it. A second thread writes checkpoints.
class LocalStore final : public Store {
public:
    static std::variant<std::unique_ptr<Store>, OpenFailure> open(Options options, base::Clock const& clock,
                                                                  Files& files, Tuning tuning);
    ~LocalStore() override;

    void commit(Batch batch, Done done) override;
    void attach(Hooks hooks) override;
    void each_document(std::string const& collection,
                       std::function<void(std::string const&, nlohmann::json const&)> const& visit) const override;
    Seq last_seq(RoomId const& room) const override;
    Result<std::vector<StoredMessage>> messages(RoomId const& room, Seq first, Seq last) const override;
    std::vector<std::string> log_tail(std::string const& log, std::size_t limit) const override;
    Result<void> checkpoint() override;
    Result<void> backup(std::filesystem::path const& tar) override;
    bool writable() const override { return is_writable_; }
    Figures figures() const override;

private:
    struct Queued {
        Batch batch;
        Done done;
        std::vector<Seq> seqs;
        std::uint64_t number = 0;  ///< 0: refused
        std::size_t bytes = 0;     ///< of its texts, counted in waiting_bytes_
    };

    LocalStore(Options options, base::Clock const& clock, Files& files, Tuning tuning);
    std::optional<OpenFailure> start();
    int make_folders();
    int settle(Recovered const& recovered);

    void run_committer();
    std::chrono::milliseconds next_wake_up() const;
    void commit_group(std::vector<Queued>& group);
    std::size_t write_part(std::vector<Queued>& group, std::size_t from);
    bool number_batch(Queued& queued);
    Seq& next_seq(std::string const& room);
    void finish(std::vector<Queued>& group, std::size_t from, std::size_t to, base::Error const* failure);
    void probe();
    void set_writable(bool writable);
    int on_committer(std::function<int()> task);

    void run_checkpointer();
    void search_for_damage();
    bool search_messages();
    int write_checkpoint(bool is_full);

    Options options_;
    Tuning tuning_;
    Files& files_;
    std::unique_ptr<FolderLock> lock_;
    mutable Quarantine quarantine_;
    MessageFiles message_files_;

    mutable std::shared_mutex state_mutex_;
    mutable State state_;

    std::mutex queue_mutex_;
    std::condition_variable queue_changed_;
    std::vector<Queued> queue_;
    std::vector<std::function<void()>> tasks_;
    bool is_stopping_ = false;
    bool is_committer_asleep_ = false;
    std::atomic<std::size_t> waiting_{0};  ///< batches whose `done` has not run
    std::atomic<std::size_t> waiting_bytes_{0};

    // The committer's own.
    Journal journal_;
    std::string lines_;
    std::unordered_map<std::string, Seq> next_seqs_;
    std::chrono::steady_clock::time_point next_probe_;
    std::chrono::steady_clock::time_point next_sync_;

    std::mutex hooks_mutex_;  ///< held while a hook runs, so that `detach` waits for it
    Hooks hooks_;
    std::atomic<bool> is_writable_{true};

    std::mutex checkpoint_mutex_;  ///< one checkpoint or backup at a time
    std::uint64_t mark_number_ = 0;
    std::mutex wish_mutex_;
    std::condition_variable wish_changed_;
    bool wants_checkpoint_ = false;
    std::atomic<bool> is_closing_{false};

    std::atomic<std::uint64_t> journal_bytes_{0};  ///< since the last checkpoint
    std::atomic<std::uint64_t> commits_{0}, batches_{0}, bytes_{0}, checkpoints_{0};
    std::atomic<std::uint64_t> messages_{0};
    std::atomic<std::int64_t> last_fsync_{0};
    base::Histogram fsyncs_{{50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 100'000, 500'000, 2'000'000}};
    base::Histogram waits_{{100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 100'000, 500'000, 2'000'000}};
    base::Histogram groups_{{1, 2, 4, 8, 16, 32, 64, 128, 256, 1'024, 4'096}};
    std::chrono::steady_clock::time_point
        oldest_queued_;  ///< guarded by queue_mutex_: since when the queue is not empty

    std::thread committer_;
    std::thread checkpointer_;
};

}  // namespace soyuz::store
