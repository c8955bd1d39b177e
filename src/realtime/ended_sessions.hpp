#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <unordered_set>
#include <utility>

#include "base/clock.hpp"
#include "chat/sessions/sessions.hpp"

namespace soyuz::realtime {

/// Sessions that ended a moment ago: a socket whose handshake they had passed before is refused once it opens.
/// Thread-safe.
class EndedSessions {
public:
    static constexpr std::chrono::seconds remembered_for{60};  ///< longer than any handshake takes

    explicit EndedSessions(base::Clock const& clock) : clock_(clock) {}

    void add(std::unordered_set<chat::SessionId> const& ids) {
        std::lock_guard const lock(mutex_);
        auto const now = clock_.moment();
        for (; !by_age_.empty() && now - by_age_.front().first > remembered_for; by_age_.pop_front())
            ids_.erase(by_age_.front().second);
        for (auto const& id : ids)
            if (ids_.insert(id).second) by_age_.emplace_back(now, id);
    }

    bool contains(chat::SessionId const& id) const {
        std::lock_guard const lock(mutex_);
        return ids_.contains(id);
    }

private:
    base::Clock const& clock_;
    mutable std::mutex mutex_;
    std::deque<std::pair<base::Moment, chat::SessionId>> by_age_;
    std::unordered_set<chat::SessionId> ids_;
};

}  // namespace soyuz::realtime
