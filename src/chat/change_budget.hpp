#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/throttle.hpp"
#include "base/token_bucket.hpp"
#include "chat/user.hpp"

namespace soyuz::chat {

/// How many changes a person makes that others are told of: reactions, edits, typing, profiles, rooms, invites. One
/// budget for sockets and HTTP together; new messages have the spam window instead. Thread-safe.
class ChangeBudget {
public:
    /// Of all changes: so many at once, and so many a second in the long run.
    static constexpr float burst = 100;
    static constexpr float per_second = 10;

    /// Those that everybody is told of, and that are judged: each kind has a window of its own beside.
    enum class Lasting : std::uint8_t {
        profile,  ///< name, e-mail address, picture
        rooms,    ///< made or changed
    };
    static constexpr std::chrono::minutes lasting_span{10};
    static constexpr std::size_t lasting_changes = 10;
    /// The same for moderators, who set up rooms for a whole class.
    static constexpr std::size_t lasting_changes_of_staff = 60;

    explicit ChangeBudget(base::Clock const& clock);

    /// Counts a change. Error: rate_limited with retry_after; it is not counted then.
    std::optional<base::Error> take(base::UserId const& user);
    /// Counts what `take` has counted as one of these, too. Errors as of `take`.
    std::optional<base::Error> take_lasting(User const& user, Lasting kind);

    std::size_t size() const;

private:
    base::Clock const& clock_;
    base::Throttle lasting_;
    mutable std::mutex mutex_;
    std::unordered_map<base::UserId, base::TokenBucket> people_;
    std::size_t forget_at_ = 1000;  ///< so many people: those whose budget is whole are forgotten
};

}  // namespace soyuz::chat
