#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "support/memory_store.hpp"

namespace soyuz::tests {

/// A store in memory with a committer's thread, as the real one has. `hold` keeps commits waiting until `release`.
class CommittingStore final : public MemoryStore {
public:
    CommittingStore() : committer_([this] { run(); }) {}
    ~CommittingStore() override {
        {
            std::lock_guard const lock{mutex_};
            stopping_ = true;
            held_ = false;
        }
        changed_.notify_all();
        committer_.join();
    }

    void hold() { set_held(true); }
    void release() { set_held(false); }
    /// Waits until nothing is queued and every `done` has run.
    void settle() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return queue_.empty() && !busy_; });
    }

    void commit(store::Batch batch, store::Done done) override {
        {
            std::lock_guard const lock{mutex_};
            queue_.emplace_back(std::move(batch), std::move(done));
        }
        changed_.notify_all();
    }

private:
    void set_held(bool held) {
        {
            std::lock_guard const lock{mutex_};
            held_ = held;
        }
        changed_.notify_all();
    }

    void run() {
        std::unique_lock lock{mutex_};
        for (;;) {
            changed_.wait(lock, [this] { return (!queue_.empty() && !held_) || stopping_; });
            if (queue_.empty()) return;
            auto const [batch, done] = std::move(queue_.front());
            queue_.pop_front();
            busy_ = true;
            lock.unlock();
            apply(batch, done);
            lock.lock();
            busy_ = false;
            changed_.notify_all();
        }
    }

    std::mutex mutex_;  ///< guards the queue
    std::condition_variable changed_;
    std::deque<std::pair<store::Batch, store::Done>> queue_;
    bool held_ = false;
    bool busy_ = false;
    bool stopping_ = false;

    std::thread committer_;
};

}  // namespace soyuz::tests
