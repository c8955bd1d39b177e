#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "chat/room.hpp"
#include "chat/sessions/sessions.hpp"
#include "live/stages.hpp"
#include "net/websocket.hpp"
#include "realtime/connection.hpp"

namespace soyuz::realtime {

class MediaGateway;

/// Somebody who is live. Each binary message is a byte that names the layer (0 high, 1 low) and a slice of WebM;
/// `{"type":"end"}` ends the broadcast, a lost connection only interrupts it. Lives on one loop.
class PublisherSession final : public net::WebSocketHandler, public Connection {
public:
    static constexpr std::size_t most_bytes = std::size_t{1} << 20U;  ///< of a slice

    PublisherSession(MediaGateway& gateway, chat::Sessions::Identity const& who, chat::RoomPtr room);

    void opened(net::WebSocket& opened_socket) override;
    void text(std::string_view message) override;
    void binary(std::string_view message) override;
    void closed(std::uint16_t code) override;

    /// The broadcast ended, or goes on from elsewhere.
    void dismiss(std::string_view why);

private:
    void refuse(base::Error const& error, std::uint16_t code);

    MediaGateway& gateway_;
    chat::RoomPtr const room_;
    live::StagePtr stage_;
    std::uint64_t ticket_ = 0;
};

}  // namespace soyuz::realtime
