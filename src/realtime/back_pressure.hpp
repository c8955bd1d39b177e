#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace soyuz::realtime {

/// Keeps what is posted to the loops from outrunning them: who posts events waits for the slowest loop once that is too
/// far behind. Messages then wait for the disk, whose queue is bounded, and their authors are told. Thread-safe.
class BackPressure {
public:
    BackPressure(std::size_t loops, std::size_t most_bytes)
        : most_bytes_(most_bytes), state_(std::make_shared<State>()) {
        state_->bytes.resize(loops);
    }

    /// `bytes` are on their way to `loop` until the last copy of what this returns has gone: also where the loop has
    /// stopped and drops the work, and after this object's end.
    std::shared_ptr<void> post(std::size_t loop, std::size_t bytes) {
        std::lock_guard const lock(state_->mutex);
        state_->bytes[loop] += bytes;
        return {nullptr, [state = state_, loop, bytes](void*) {
                    std::lock_guard const end(state->mutex);
                    state->bytes[loop] -= bytes;
                    state->less.notify_all();
                }};
    }

    /// Waits until no loop is further behind than agreed, though no longer than `most`: false then. Not for a loop's
    /// own thread.
    bool wait(std::chrono::milliseconds most) {
        std::unique_lock lock(state_->mutex);
        return state_->less.wait_for(lock, most, [this] {
            for (auto const bytes : state_->bytes)
                if (bytes > most_bytes_) return false;
            return true;
        });
    }

private:
    struct State {
        std::mutex mutex;
        std::condition_variable less;
        std::vector<std::size_t> bytes;  ///< on their way to each loop
    };

    std::size_t const most_bytes_;
    std::shared_ptr<State> const state_;
};

}  // namespace soyuz::realtime
