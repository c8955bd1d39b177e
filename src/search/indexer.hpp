#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "search/index_file.hpp"
#include "search/intake.hpp"

namespace soyuz::search {

/// The thread that keeps the index's file: makes it where it is absent or not to be trusted, adds blocks as they fill,
/// and writes shards anew of which something was changed or erased. What fails here is logged, and the index is made
/// again or done without.
class Indexer {
public:
    using ListRooms = std::function<std::vector<base::RoomId>()>;
    Indexer(store::Store const& store, std::filesystem::path file, ListRooms rooms, Intake& intake, IndexState& state);
    ~Indexer() { stop(); }

    void start();
    /// Writes what is due and closes the file. Nothing may be committed any more.
    void stop();
    /// Looks for work now.
    void wake();
    /// Returns once nothing is left to be done; for tests and benchmarks.
    void settle();

    std::uint64_t indexed() const { return indexed_; }  ///< messages since the start

private:
    struct Reading;

    void run();
    void work(std::unique_lock<std::mutex>& lock);
    void open();
    bool load();
    void load_words();
    void look_through();
    base::RoomId room_of(Block const& block) const;
    void build();
    void build_in_order(std::vector<Reading> readings);
    bool add_full_blocks();
    void add(std::vector<std::pair<Block, std::vector<Placed>>> const& blocks);
    void write_outdated();
    void write_anew(std::size_t shard);
    void close();

    store::Store const& store_;
    std::filesystem::path const path_;
    ListRooms const rooms_;
    Intake& intake_;
    IndexState& state_;
    std::unique_ptr<IndexFile> file_;
    std::chrono::steady_clock::time_point next_anew_{};
    unsigned failures_ = 0;
    std::atomic<std::uint64_t> indexed_{0};

    std::mutex mutex_;  ///< guards what follows
    std::condition_variable changed_;
    bool is_woken_ = false, is_settling_ = false, is_idle_ = false;
    std::atomic<bool> is_stopping_{false};
    std::thread thread_;
};

}  // namespace soyuz::search
