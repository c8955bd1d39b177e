#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/token_bucket.hpp"
#include "chat/messages/messages.hpp"
#include "chat/room.hpp"
#include "chat/sessions/sessions.hpp"
#include "live/stages.hpp"
#include "net/websocket.hpp"

namespace soyuz::dialects::stream {

class StreamGateway;

/// One client of the live page. Lives on one loop.
class StreamSession final : public net::WebSocketHandler {
public:
    /// `who`: none where the token was not good for the name; the socket is closed with 1008 then.
    StreamSession(StreamGateway& gateway, std::optional<chat::Sessions::Identity> who, std::string address,
                  std::uint64_t number);

    void opened(net::WebSocket& opened_socket) override;
    void text(std::string_view message) override;
    void binary(std::string_view message) override;
    void closed(std::uint16_t code) override;

    /// The room is there and the user is in it.
    void entered(chat::RoomPtr const& room);
    void refuse(std::uint16_t code, std::string_view reason);
    void send(net::SharedFrame const& frame) {
        if (socket_ != nullptr) socket_->send(frame);
    }

    chat::UserPtr const& user() const { return who_->user; }
    chat::SessionId const& session_id() const { return who_->session.id; }
    std::uint64_t number() const { return number_; }

private:
    void run(std::string_view message);
    void post(std::string text);
    void give(std::uint64_t id, std::uint64_t amount);
    void send_text(std::string_view text) { send(net::encode_text(text)); }
    void join();

    StreamGateway& gateway_;
    std::optional<chat::Sessions::Identity> const who_;
    std::string const address_;
    std::uint64_t const number_;
    net::WebSocket* socket_ = nullptr;
    std::size_t loop_ = 0;
    bool is_in_ = false;
    chat::RoomPtr room_;
    live::StagePtr stage_;
    std::vector<std::string> waiting_;  ///< until the room is there
    base::TokenBucket budget_;
};

}  // namespace soyuz::dialects::stream
