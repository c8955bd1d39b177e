#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/sessions/sessions.hpp"

namespace soyuz::chat {

/// Somebody is put out of all that they have open, without any harm to the account.
struct Kick {
    base::UserId user;
    base::Timestamp until{};  ///< no new connection opens before
    std::string reason;       ///< "" where none was given
};

/// Hears whose connections are to be closed. Calls come on the thread that made the change, and return quickly.
class SessionObserver {
public:
    virtual ~SessionObserver() = default;
    virtual void sessions_ended(std::vector<Session> const& sessions, SessionEnd why) = 0;
    /// How many connections that closes; those that somebody else counts are not among them.
    virtual std::size_t kicked(Kick const& kick) = 0;
};

}  // namespace soyuz::chat
