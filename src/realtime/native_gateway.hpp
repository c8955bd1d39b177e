#pragma once

#include <cstddef>
#include <string>

#include "base/clock.hpp"
#include "chat/sessions/sessions.hpp"
#include "net/websocket.hpp"

namespace soyuz::base {
class Workers;
}
namespace soyuz::chat {
class Accounts;
class ChangeBudget;
class Messages;
class Rooms;
}  // namespace soyuz::chat

namespace soyuz::realtime {

class Hub;
class RoomNews;

/// The native dialect of `/ws`: text frames, one JSON object each, with `type`; docs/websocket.md lists them.
///
/// Identity comes from the handshake, never from a frame. Thread-safe; each connection lives on its loop. Whatever is
/// answered later finds its connection by handle, so that it may have gone meanwhile.
class NativeGateway {
public:
    struct Services {
        Hub& hub;
        RoomNews& news;
        chat::Accounts const& accounts;
        chat::Rooms& rooms;
        chat::Messages& messages;
        chat::ChangeBudget& changes;
        base::Workers& workers;
        base::Clock const& clock;
    };
    struct Options {
        std::string version;
        bool rate_limits = true;
        float commands_per_second = 50;
        float command_burst = 100;
        std::size_t max_missed = 1000;  ///< more missed messages than that: the client is told to fetch history
    };
    NativeGateway(Services services, Options options);

    /// The handler of a new connection of `who`, whose address is the client's own.
    net::WebSocketAccept accept(chat::Sessions::Identity const& who, std::string address);

    Services const& services() const { return services_; }
    Options const& options() const { return options_; }

private:
    Services const services_;
    Options const options_;
};

}  // namespace soyuz::realtime
