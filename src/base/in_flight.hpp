#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace soyuz::base {

/// Counts commits whose outcome is still to come, so that what they refer to outlives them. Thread-safe.
class InFlight {
public:
    InFlight() = default;
    InFlight(InFlight const&) = delete;
    InFlight& operator=(InFlight const&) = delete;
    ~InFlight() { wait(); }

    void begin() { count_.fetch_add(1, std::memory_order_relaxed); }
    void end() {
        // Only the last one takes the lock.
        for (auto count = count_.load(std::memory_order_relaxed); count > 1;) {
            if (count_.compare_exchange_weak(count, count - 1, std::memory_order_release)) return;
        }
        // Told under the lock: the one who waits may destroy this as soon as it is given back.
        std::lock_guard const lock{mutex_};
        if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) none_.notify_all();
    }
    void wait() {
        std::unique_lock lock{mutex_};
        none_.wait(lock, [this] { return count_.load(std::memory_order_acquire) == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable none_;
    std::atomic<std::size_t> count_{0};
};

}  // namespace soyuz::base
