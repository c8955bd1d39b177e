#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/websocket.hpp"
#include "socketio/engine_session.hpp"

namespace soyuz::socketio {

class EngineServer;
struct Opening;

/// The receiving side of a session's WebSocket. Lives on the WebSocket's loop; hands on what comes to the session's.
class EngineSocket final : public net::WebSocketHandler {
public:
    /// Begins a session of its own.
    EngineSocket(EngineServer& server, Opening opening);
    /// Wants to take `session` over from polling.
    EngineSocket(EngineServer& server, std::shared_ptr<EngineSession> session);
    ~EngineSocket() override;

    void opened(net::WebSocket& socket) override;
    void text(std::string_view message) override;
    void binary(std::string_view bytes) override;
    void closed(std::uint16_t code) override;

private:
    void on_session(std::function<void()> work);

    EngineServer& server_;
    std::unique_ptr<Opening> opening_;
    std::shared_ptr<EngineSession> session_;
    std::shared_ptr<SocketLink> link_ = std::make_shared<SocketLink>();
};

}  // namespace soyuz::socketio
