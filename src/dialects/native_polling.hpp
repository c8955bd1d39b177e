#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "net/websocket.hpp"
#include "socketio/engine_session.hpp"

namespace soyuz::dialects {

/// The native dialect over long polling, for pages on networks that let no WebSocket through: a session of Engine.IO
/// whose messages are the frames of `/ws`. Lives on its session's loop.
class NativePolling final : public socketio::EngineHandler {
public:
    /// `admit` takes a place among the account's connections.
    using Admit = std::function<base::Result<std::shared_ptr<void>>()>;

    NativePolling(std::unique_ptr<net::WebSocketHandler> native, Admit admit);

    void opened(socketio::EngineSession& session) override;
    bool text(std::string_view message) override;
    bool binary(std::string_view bytes) override;
    void tick(socketio::Moment) override {}
    void closed(std::string_view reason) override;

private:
    std::unique_ptr<net::WebSocketHandler> const native_;
    Admit const admit_;
    std::shared_ptr<void> place_;
};

}  // namespace soyuz::dialects
