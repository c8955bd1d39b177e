#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace soyuz::chat {

/// Counts commits whose outcome is still to come, so that what they refer to outlives them. Thread-safe.
class InFlight {
public:
    InFlight() = default;
    InFlight(InFlight const&) = delete;
    InFlight& operator=(InFlight const&) = delete;
    ~InFlight() { wait(); }

    void begin() {
        std::lock_guard const lock{mutex_};
        ++count_;
    }
    void end() {
        // Told under the lock: the one who waits may destroy this as soon as it is given back.
        std::lock_guard const lock{mutex_};
        if (--count_ == 0) none_.notify_all();
    }
    void wait() {
        std::unique_lock lock{mutex_};
        none_.wait(lock, [this] { return count_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable none_;
    std::size_t count_ = 0;
};

}  // namespace soyuz::chat
