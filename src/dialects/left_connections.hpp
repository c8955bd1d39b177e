#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "realtime/dialect.hpp"

namespace soyuz::dialects {

/// What a connection was when it broke off.
struct LeftConnection {
    base::UserId user;
    realtime::Dialect dialect = realtime::Dialect::channels;
    bool dialect_is_open = false;
    std::vector<std::pair<realtime::Dialect, base::RoomId>> following;
};

/// Connections that broke off a moment ago, by the secret id that their clients come back with. Each is taken up once.
/// Thread-safe.
class LeftConnections {
public:
    static constexpr std::chrono::seconds kept_for{120};
    static constexpr std::size_t most = 20'000;  ///< the oldest go first

    explicit LeftConnections(base::Clock const& clock) : clock_(clock) {}

    void put(std::string id, LeftConnection left) {
        std::lock_guard const lock(mutex_);
        auto const now = clock_.moment();
        while (!by_age_.empty() && (by_age_.size() >= most || now - by_age_.front().first > kept_for)) {
            left_.erase(by_age_.front().second);
            by_age_.pop_front();
        }
        by_age_.emplace_back(now, id);
        left_.insert_or_assign(std::move(id), std::move(left));
    }

    /// None where there is no such thing, or it is another account's.
    std::optional<LeftConnection> take(std::string const& id, base::UserId const& user) {
        std::lock_guard const lock(mutex_);
        auto const found = left_.find(id);
        if (found == left_.end() || found->second.user != user) return std::nullopt;
        auto left = std::move(found->second);
        left_.erase(found);
        return left;
    }

private:
    base::Clock const& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, LeftConnection> left_;
    std::deque<std::pair<base::Moment, std::string>> by_age_;
};

}  // namespace soyuz::dialects
