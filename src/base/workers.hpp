#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace soyuz::base {

/// A bounded pool of threads for work that may take milliseconds. Thread-safe.
class Workers {
public:
    /// `name` shows in the list of threads (at most 15 bytes). At most `max_waiting` pieces of work wait. `niceness`, 0
    /// to 19: how far the threads give way to others where the cores are busy.
    Workers(std::string const& name, std::size_t threads, std::size_t max_waiting, int niceness = 0);
    /// Finishes what waits, then stops.
    ~Workers();
    Workers(Workers const&) = delete;
    Workers& operator=(Workers const&) = delete;

    /// False when the queue is full or the pool is stopping: the caller answers `overloaded`. What `work` throws is
    /// logged and swallowed.
    [[nodiscard]] bool submit(std::function<void()> work);
    /// Does what waits and takes no more. Called by the destructor too.
    void stop();
    std::size_t waiting() const;
    /// Pieces of work that `submit` did not take.
    std::uint64_t rejected() const { return rejected_.load(std::memory_order_relaxed); }

private:
    void run(int niceness);

    std::size_t const max_waiting_;
    mutable std::mutex mutex_;
    std::condition_variable something_waits_;
    std::deque<std::function<void()>> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
    std::atomic<std::uint64_t> rejected_{0};
};

}  // namespace soyuz::base
