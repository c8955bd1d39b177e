#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::chat {

using SessionId = base::Id<struct SessionTag>;

/// Tickets for one WebSocket handshake each, within 30 s; in memory only. Thread-safe. Keeps at most 8 for a session
/// and 10,000 in all: the oldest go first.
class Tickets {
public:
    explicit Tickets(base::Clock const& clock) : clock_(clock) {}

    std::string issue(SessionId const& session);
    /// The session that it was issued for, once; none where it is unknown or expired.
    std::optional<SessionId> redeem(std::string_view ticket);

private:
    struct Ticket {
        SessionId session;
        base::Moment expires_at;
    };

    /// The caller holds `mutex_`.
    void drop(std::string const& name);

    base::Clock const& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Ticket> tickets_;
    std::deque<std::string> by_age_;
    std::unordered_map<SessionId, std::deque<std::string>> of_session_;
};

}  // namespace soyuz::chat
