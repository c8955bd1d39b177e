#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "chat/sessions/sessions.hpp"
#include "chat/user.hpp"
#include "net/websocket.hpp"

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

/// One signed-in socket as the hub sees it, owned by its gateway. Lives on one loop.
struct Connection {
    net::WebSocket* socket = nullptr;
    chat::UserPtr user;  ///< as the account is now: the hub replaces it when the profile changes
    chat::SessionId session;
    Handle handle;
    std::vector<Following> following;

    bool send(net::SharedFrame const& frame, net::Importance importance = net::Importance::needed) {
        return socket != nullptr && socket->send(frame, importance);
    }
};

}  // namespace soyuz::realtime
