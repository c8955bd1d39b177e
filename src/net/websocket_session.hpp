#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/outbox.hpp"
#include "net/websocket.hpp"
#include "net/websocket_codec.hpp"
#include "net/websocket_extensions.hpp"

namespace soyuz::net {

class Connection;
class ListenerShard;

/// A WebSocket on a connection: decodes what comes, gathers what goes. Lives on one loop.
class WebSocketSession final : public WebSocket, private FrameSink {
public:
    using Moment = std::chrono::steady_clock::time_point;

    WebSocketSession(Connection& connection, WebSocketAccept accept, std::optional<Compression> compression);
    ~WebSocketSession() override;

    Loop& loop() override;
    bool send(SharedFrame const& given, Importance importance) override;
    void close(std::uint16_t code, std::string_view reason) override;
    std::size_t unsent_bytes() const override { return outbox_.size(); }

    // For the connection:
    /// Sends the 101 response ahead of everything and tells the handler.
    void open(std::string_view response);
    void consume(char* data, std::size_t size);
    void writable();
    void sweep(Moment now);
    /// The socket is closed already.
    void connection_lost();
    // For the shard:
    /// Once per turn for a session that is dirty: tells the handler of the end, writes the outbox.
    void end_turn();

private:
    enum class Phase : std::uint8_t {
        open,
        closing,    ///< our close frame is out, the peer's is awaited
        finishing,  ///< nothing more is read or queued; the rest goes out, then the connection lingers
        lost,
    };

    void message(Opcode kind, std::string_view payload, bool compressed) override;
    void ping(std::string_view payload) override;
    void pong(std::string_view payload) override;
    void peer_closed(std::uint16_t code, std::string_view reason) override;

    template <class Call>
    void call_handler(Call call);
    void take_message(Opcode kind, std::string_view payload);
    SharedFrame const& compressed(SharedFrame const& frame);
    bool admit(std::size_t bytes, Importance importance);
    void queue(std::string_view bytes);
    void finish(std::uint16_t code);
    void fail(std::uint16_t code, std::string_view reason);
    void mark_dirty();
    void write_out();
    void discard_outbox();

    // What `send` touches stands first, within one or two cache lines: with thousands of receivers each line counts.
    Outbox outbox_;
    Phase phase_ = Phase::open;
    bool dirty_ = false;
    bool blocked_ = false;
    std::uint8_t window_bits_;  ///< of what we compress; 0 without compression
    std::uint16_t final_code_ = close_code::vanished;
    WebSocketLimits limits_;
    ListenerShard& shard_;
    Connection& connection_;
    std::unique_ptr<WebSocketHandler> handler_;
    std::shared_ptr<void> const held_;
    Moment last_heard_;
    Moment last_ping_;
    Moment deadline_{};                       ///< of closing and finishing
    std::unique_ptr<std::string> late_pong_;  ///< payload of the newest ping while the outbox is behind
    FrameDecoder decoder_;
};

}  // namespace soyuz::net
