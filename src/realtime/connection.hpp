#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/sessions/sessions.hpp"
#include "chat/user.hpp"
#include "net/websocket.hpp"
#include "realtime/dialect.hpp"

namespace soyuz::realtime {

struct Audience;

/// A room that a connection follows, and its place among the audience.
struct Following {
    Audience* audience = nullptr;
    std::uint32_t place = 0;
};

/// Names a connection from any thread, also after it has gone: its place is given to others, its generation isn't.
struct Handle {
    std::uint32_t loop = 0;
    std::uint32_t place = 0;
    std::uint64_t generation = 0;
    bool operator==(Handle const&) const = default;
};

/// What the holder of an account is told outside of rooms. Native connections get it as an event that is encoded once;
/// others write it in their dialect.
struct AccountNews {
    enum class Kind : std::uint8_t {
        banned,
        unbanned,
        muted,
        unmuted,
        kicked,
        put_out,
        notice,
        help
    } kind = Kind::notice;
    // `kicked` is out of the session, `put_out` out of a room.
    std::optional<base::Timestamp> until = {};  ///< of a ban or mute; none: for good
    std::string text = {};                      ///< the reason, or what is said
    bool automatic = false;                     ///< imposed by a rule, not by a moderator
};

/// One signed-in socket as the hub sees it, owned by its gateway. Lives on one loop.
struct Connection {
    Connection() = default;
    virtual ~Connection() = default;
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    /// Only for connections that are not native.
    virtual void hear(AccountNews const& /*news*/) {}

    net::WebSocket* socket = nullptr;
    chat::UserPtr user;  ///< as the account is now: the hub replaces it when the profile changes
    chat::SessionId session;
    Handle handle;
    Dialect dialect = Dialect::native;
    std::vector<Following> following;

    bool send(net::SharedFrame const& frame, net::Importance importance = net::Importance::needed) {
        return socket != nullptr && socket->send(frame, importance);
    }
};

}  // namespace soyuz::realtime
