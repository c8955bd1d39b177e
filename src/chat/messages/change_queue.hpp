#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/ids.hpp"
#include "base/workers.hpp"

namespace soyuz::chat {

/// Runs changes of messages on a worker: those of one message strictly one after the other, each after the one before
/// it is durable, so that none undoes another. Thread-safe.
class ChangeQueue {
public:
    /// `may_run` is false when the change can't be made any more: the server is stopping.
    using Change = std::function<void(bool may_run)>;

    ChangeQueue(base::Workers& workers, std::size_t max_waiting) : workers_(workers), max_waiting_(max_waiting) {}

    /// False when too many wait. Each change that runs has to end in a call of `finished`.
    bool start(base::MessageId const& id, Change change) {
        auto const key = base::to_string(id);
        {
            std::lock_guard const lock{mutex_};
            if (count_ >= max_waiting_) return false;
            ++count_;
            auto const [line, is_first] = lines_.try_emplace(key);
            if (!is_first) {
                line->second.push_back(std::move(change));
                return true;
            }
        }
        submit(std::move(change));
        return true;
    }

    void finished(base::MessageId const& id) {
        Change next;
        {
            std::lock_guard const lock{mutex_};
            --count_;
            auto const line = lines_.find(base::to_string(id));
            if (line == lines_.end()) return;
            if (line->second.empty()) {
                lines_.erase(line);
                return;
            }
            next = std::move(line->second.front());
            line->second.pop_front();
        }
        submit(std::move(next));
    }

private:
    void submit(Change change) {
        auto const shared = std::make_shared<Change>(std::move(change));
        if (!workers_.submit([shared] { (*shared)(true); })) (*shared)(false);
    }

    base::Workers& workers_;
    std::size_t const max_waiting_;
    std::mutex mutex_;
    std::size_t count_ = 0;
    std::unordered_map<std::string, std::deque<Change>> lines_;  ///< behind the one that runs
};

}  // namespace soyuz::chat
