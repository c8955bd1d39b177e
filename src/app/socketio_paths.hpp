#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/chat_services.hpp"
#include "app/config.hpp"
#include "dialects/gateway.hpp"
#include "realtime/native_gateway.hpp"
#include "socketio/engine_server.hpp"
#include "socketio/namespaces.hpp"
#include "web/site.hpp"

namespace soyuz::app {

/// What speaks Engine.IO: Socket.IO on `/socket.io/`, the native dialect by long polling on `/ws/poll`, and with
/// --test-endpoints what conformance suites ask for: `/engine.io/`, and namespaces for those who don't sign in.
///
/// Made by one thread; the paths are thread-safe.
class SocketioPaths {
public:
    /// Takes a place among an account's connections, or says why it has none.
    using Admit = std::function<base::Result<std::shared_ptr<void>>(chat::User const&)>;
    /// All are kept.
    SocketioPaths(Config const& config, ChatServices& services, realtime::NativeGateway& native, Admit admit);

    void add_to(std::map<std::string, web::SocketPath>& paths);
    /// Ends all sessions: the server stops.
    void end_all();

private:
    socketio::Namespaces namespaces();
    std::unique_ptr<socketio::EngineHandler> client(socketio::Opening opening);
    std::unique_ptr<socketio::EngineHandler> native_client(socketio::Opening const& opening);

    Config const& config_;
    realtime::NativeGateway& native_;
    Admit const admit_;
    dialects::Gateway gateway_;
    socketio::Namespaces const namespaces_;
    socketio::EngineServer server_;
    socketio::EngineServer polls_;
    std::optional<socketio::EngineServer> echo_;  ///< with --test-endpoints
};

}  // namespace soyuz::app
