#pragma once

#include <map>
#include <string>

#include "app/config.hpp"
#include "base/clock.hpp"
#include "socketio/engine_server.hpp"
#include "socketio/namespaces.hpp"
#include "web/site.hpp"

namespace soyuz::net {
class Loops;
}

namespace soyuz::app {

/// Engine.IO and Socket.IO on their paths, as conformance suites ask for them. Made only with --test-endpoints.
class SocketioPaths {
public:
    SocketioPaths(Config const& config, net::Loops& loops, base::Clock const& clock);

    /// Adds `/engine.io/` and `/socket.io/`.
    void add_to(std::map<std::string, web::SocketPath>& paths);
    /// Ends all sessions: the server stops.
    void end_all();

private:
    socketio::Namespaces const namespaces_;
    socketio::EngineServer echo_;
    socketio::EngineServer server_;
};

}  // namespace soyuz::app
