#pragma once

#include <algorithm>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "support/memory_store.hpp"

namespace soyuz::tests {

/// A store in memory whose group commits of messages happen when the test says so; all other changes are made at once.
class ManualStore final : public MemoryStore {
public:
    void commit(store::Batch batch, store::Done done) override {
        bool const about_messages = std::any_of(batch.begin(), batch.end(), [](store::Change const& change) {
            return std::holds_alternative<store::AppendMessage>(change) ||
                   std::holds_alternative<store::ReplaceMessage>(change);
        });
        if (!about_messages) return apply(batch, done);
        std::lock_guard const lock{mutex_};
        queue_.emplace_back(std::move(batch), std::move(done));
    }

    /// Commits what was queued, as one group.
    void commit_now() {
        std::vector<std::pair<store::Batch, store::Done>> queue;
        {
            std::lock_guard const lock{mutex_};
            queue.swap(queue_);
        }
        for (auto const& [batch, done] : queue) apply(batch, done);
        if (hooks().group_committed && writable()) hooks().group_committed();
    }

private:
    std::mutex mutex_;  ///< guards what follows
    std::vector<std::pair<store::Batch, store::Done>> queue_;
};

}  // namespace soyuz::tests
