#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include <sys/uio.h>

#include "net/http_session.hpp"
#include "net/listener_shard.hpp"
#include "net/websocket_session.hpp"

namespace soyuz::net {

/// One socket and what is spoken on it: TLS or not, HTTP first, perhaps a WebSocket afterwards. Lives on one loop.
///
/// Nothing here calls a handler's `closed`, or destroys a session, before the end of the turn: sessions may close
/// the connection from anywhere.
class Connection final : public std::enable_shared_from_this<Connection> {
public:
    Connection(ListenerShard& shard, asio::ip::tcp::socket socket, ListenerShard::Accepted const& accepted);

    void start();

    ListenerShard& shard() { return shard_; }
    Limits const& limits() const { return shard_.limits(); }
    std::string const& address() const { return address_; }
    bool is_over_tls() const { return tls_ != nullptr; }
    bool is_closed() const { return closed_; }
    HttpSession* http() { return http_.get(); }

    /// Writes what the socket takes now. After `blocked`, `wait_writable` leads to the session's `writable`.
    Transfer write(std::span<iovec const> parts);
    void wait_writable();
    void pause_reading() { reading_ = false; }
    void resume_reading();
    /// Sends no more, and closes when the peer does or `Limits::linger` is over: data that arrives at a closed
    /// socket would make the peer's kernel throw the last answer away.
    void linger();
    void close();
    /// HTTP ends here; `early` is what came behind the request.
    void become_websocket(WebSocketAccept accept, std::optional<Compression> compression, std::string_view response,
                          std::string early);
    void sweep(Moment now);
    void drain();

private:
    friend class ListenerShard;

    /// Takes a step on behalf of an event; an exception costs this connection only.
    void guarded(void (Connection::*step)());
    void wait_readable();
    void readable();
    void writable();
    void shake_hands();
    Transfer read(char* data, std::size_t size);
    void consume(char* data, std::size_t size);

    ListenerShard& shard_;
    asio::ip::tcp::socket socket_;
    std::unique_ptr<TlsChannel> tls_;
    std::unique_ptr<HttpSession> http_;
    std::unique_ptr<WebSocketSession> websocket_;
    std::string address_;
    Moment deadline_{};  ///< of the TLS handshake or of lingering
    Connection* previous_ = nullptr;
    Connection* next_ = nullptr;
    std::shared_ptr<Connection> self_;  ///< until closed
    bool counted_by_address_;
    bool reading_ = true;
    bool waiting_readable_ = false;
    bool waiting_writable_ = false;
    bool shaking_hands_ = false;
    bool lingering_ = false;
    bool closed_ = false;
};

}  // namespace soyuz::net
