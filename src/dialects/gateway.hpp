#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "chat/sessions/sessions.hpp"
#include "chat/user.hpp"
#include "dialects/left_connections.hpp"
#include "realtime/dialect.hpp"
#include "socketio/namespaces.hpp"

namespace soyuz::base {
class Workers;
}
namespace soyuz::chat {
class Accounts;
class ChangeBudget;
class Messages;
class Rooms;
class Screening;
}  // namespace soyuz::chat
namespace soyuz::watch {
class Watch;
}
namespace soyuz::realtime {
class Hub;
class RoomNews;
}  // namespace soyuz::realtime

namespace soyuz::dialects {

class RecentEvents;

/// Who may connect to `/socket.io/`, and in which dialect.
///
/// Identity comes from the handshake alone: `auth.token`, else `token` in the query, else an Authorization header or
/// the session's cookie. What is named first counts alone: a token that is not good is not made up for by a good
/// cookie. Thread-safe; each connection lives on its session's loop.
class Gateway {
public:
    struct Services {
        realtime::Hub& hub;
        realtime::RoomNews& news;
        chat::Accounts const& accounts;
        chat::Rooms& rooms;
        chat::Messages& messages;
        chat::Screening const& screening;
        chat::ChangeBudget& changes;
        chat::Sessions& sessions;
        RecentEvents& events;
        base::Workers& workers;
        watch::Watch& watch;
        base::Clock const& clock;
        /// A place among the account's connections, or why it has none: banned, rate_limited.
        std::function<base::Result<std::shared_ptr<void>>(chat::User const&)> admit;
    };
    struct Options {
        bool rate_limits = true;
        float commands_per_second = 50;
        float command_burst = 100;
    };
    Gateway(Services services, Options options);

    /// The rule of a namespace, which may have a dialect of its own. `otherwise`, where set, takes those who don't show
    /// who they are.
    socketio::ConnectRule rule(std::optional<realtime::Dialect> of_name_space = {},
                               socketio::ConnectRule otherwise = {});

    LeftConnections& left() { return left_; }
    Services const& services() const { return services_; }
    Options const& options() const { return options_; }

private:
    socketio::ConnectDecision decide(socketio::ConnectRequest const& request, chat::Sessions::Identity const& who,
                                     std::optional<realtime::Dialect> of_name_space);

    Services const services_;
    Options const options_;
    LeftConnections left_;
};

}  // namespace soyuz::dialects
