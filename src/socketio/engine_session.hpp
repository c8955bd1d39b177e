#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_message.hpp"
#include "net/websocket.hpp"
#include "socketio/engine_packet.hpp"

namespace soyuz::socketio {

using Moment = std::chrono::steady_clock::time_point;
using Headers = std::vector<std::pair<std::string, std::string>>;

struct EngineOptions {
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds ping_timeout{20'000};
    std::size_t max_payload = 1'000'000;    ///< bytes of a frame or a polling body
    std::size_t max_packets = 256;          ///< in one polling body
    std::size_t backlog_bytes = 1U << 20U;  ///< waiting for a poll; beyond it the session ends
    /// Asked with each new session: more are refused with 429.
    std::function<std::size_t()> sessions_per_address = [] { return std::size_t{200}; };
    std::chrono::milliseconds upgrade_time{10'000};  ///< for a probe to end in an upgrade
};

class EngineSession;

/// What is spoken over a session: one object a session, called on its loop. Must not block.
class EngineHandler {
public:
    virtual ~EngineHandler() = default;
    virtual void opened(EngineSession& session) = 0;
    /// False ends the session: what was said is malformed.
    virtual bool text(std::string_view message) = 0;
    virtual bool binary(std::string_view bytes) = 0;
    /// Now and then, with the time.
    virtual void tick(Moment now) = 0;
    /// Last call.
    virtual void closed(std::string_view reason) = 0;
};

/// The socket of a session; touched on `loop` only, but for the count of what it has not sent.
struct SocketLink {
    net::Loop* loop = nullptr;
    net::WebSocket* socket = nullptr;
};

/// One session of Engine.IO on its loop: begins with polling or with a WebSocket, may change from the first to the
/// second. Frames are encoded once for all receivers, as for the native gateway: polling takes them apart again.
///
/// Only the loop's thread calls it. A WebSocket that came to another loop is reached by posts.
class EngineSession final : public net::WebSocket, public std::enable_shared_from_this<EngineSession> {
public:
    EngineSession(net::Loop& loop, std::string id, std::string limit_key, EngineOptions const& options,
                  std::unique_ptr<EngineHandler> handler, Moment now);
    ~EngineSession() override;

    std::string const& id() const { return id_; }
    std::string const& limit_key() const { return limit_key_; }
    bool is_over() const { return phase_ == Phase::over; }

    // For what is spoken over it.
    net::Loop& loop() override { return loop_; }
    bool send(net::SharedFrame const& frames, net::Importance importance = net::Importance::needed) override;
    void close(std::uint16_t code, std::string_view reason) override;
    std::size_t unsent_bytes() const override;

    // For the transports.

    /// Opens the session: the answer to the first poll or the first frame says how it is to be used.
    std::string handshake(bool over_websocket) const;
    void begin();
    void begin(std::shared_ptr<SocketLink> link);
    void poll(Headers const& headers, net::Respond respond, Moment now);
    void push(std::string_view body, Headers const& headers, net::Respond const& respond, Moment now);
    /// A WebSocket that wants to take over. False when it may not.
    bool probe(std::shared_ptr<SocketLink> link, Moment now);
    void socket_text(SocketLink const& link, std::string_view message, Moment now);
    void socket_binary(SocketLink const& link, std::string_view bytes);
    void socket_closed(SocketLink const& link);
    void tick(Moment now);

private:
    enum class Phase : std::uint8_t {
        polling,
        probing,  ///< polling, and a WebSocket has asked to take over
        websocket,
        closing,  ///< polling; what waits is told by the next poll, the end by the one behind it
        over,
    };

    bool packet(EnginePacket const& packet, Moment now);
    bool has_expired(Moment now) const { return now >= ping_due_ + options_.ping_timeout; }
    void answer_poll(std::string_view payload);
    void flush_backlog();
    void pass_on(SocketLink& link, net::SharedFrame const& frames);
    void post_gathered();
    void close_socket(std::uint16_t code, std::string_view reason);
    void take_over();
    void end(std::string_view reason, std::uint16_t code = 1000);
    /// In a later turn: who sends may be passing over many sessions.
    void end_as_too_slow();

    net::Loop& loop_;
    std::string const id_;
    std::string const limit_key_;
    EngineOptions const& options_;
    std::unique_ptr<EngineHandler> handler_;
    Phase phase_ = Phase::polling;
    bool ping_sent_ = false;
    bool is_too_slow_ = false;
    Moment ping_due_;
    Moment probe_ends_{};
    std::shared_ptr<SocketLink> link_;  ///< of the WebSocket in use, or that probes
    std::string backlog_;               ///< packets for the next poll
    net::Respond parked_;               ///< the poll that waits
    Headers parked_headers_;
    std::vector<net::SharedFrame> gathered_;  ///< for a WebSocket on another loop
    std::size_t gathered_bytes_ = 0;
};

}  // namespace soyuz::socketio
