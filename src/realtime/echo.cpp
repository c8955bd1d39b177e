#include "realtime/echo.hpp"

#include <memory>

namespace soyuz::realtime {

namespace {

class Echo final : public net::WebSocketHandler {
public:
    void opened(net::WebSocket& socket) override { socket_ = &socket; }
    void text(std::string_view message) override { socket_->send(net::encode_text(message)); }
    void binary(std::string_view message) override { socket_->send(net::encode_binary(message)); }
    void closed(std::uint16_t) override { socket_ = nullptr; }

private:
    net::WebSocket* socket_ = nullptr;
};

}  // namespace

net::WebSocketAccept echo_socket() {
    net::WebSocketLimits limits;
    limits.message_bytes = 16U << 20U;
    limits.fragments = 70'000;
    limits.outbox_bytes = 64U << 20U;  // a suite may send several of the largest before it reads
    limits.compress_from = 0;
    return {std::make_unique<Echo>(), limits, ""};
}

}  // namespace soyuz::realtime
