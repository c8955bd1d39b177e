#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/token_bucket.hpp"

namespace soyuz::chat {

/// How many changes a person makes that others are told of: reactions, edits, typing, profiles, rooms. One budget for
/// sockets and HTTP together; new messages have the spam window instead. Thread-safe.
class ChangeBudget {
public:
    static constexpr float per_second = 10;
    static constexpr float burst = 100;

    explicit ChangeBudget(base::Clock const& clock) : clock_(clock) {}

    /// Counts a change. Error: rate_limited with retry_after; it is not counted then.
    std::optional<base::Error> take(base::UserId const& user);

    std::size_t size() const;

private:
    base::Clock const& clock_;
    mutable std::mutex mutex_;
    std::unordered_map<base::UserId, base::TokenBucket> people_;
    std::size_t forget_at_ = 1000;  ///< so many people: those whose budget is whole are forgotten
};

}  // namespace soyuz::chat
