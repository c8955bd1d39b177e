#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "net/http_message.hpp"
#include "net/loop.hpp"
#include "net/websocket.hpp"

namespace soyuz::net {

/// The largest body that a request may have, and what a larger one is told.
struct BodyLimit {
    BodyLimit(std::size_t most, int refusal_status = 413, std::string_view sentence = "The body is too large.")
        : bytes(most), status(refusal_status), reason(sentence) {}

    std::size_t bytes;
    int status;
    std::string_view reason;  ///< outlives the request
};

/// Limits of the wire. Every one of them answers or closes; none is silently cut.
struct Limits {
    std::size_t request_line_bytes = 8U << 10U;
    std::size_t header_bytes = 32U << 10U;
    std::size_t header_count = 100;
    std::chrono::milliseconds header_timeout{10'000};  ///< headers complete within; else 408 and close
    std::chrono::milliseconds body_grace{10'000};      ///< from then on the body must come at body_bytes_per_second
    std::size_t body_bytes_per_second = 1024;
    std::size_t large_body_bytes = 64U << 10U;             ///< a body beyond it is large:
    std::size_t large_body_bytes_per_second = 16U << 10U;  ///< it must come at this rate
    std::size_t large_bodies_bytes = 256U << 20U;          ///< of large bodies, in all; beyond it 503
    std::size_t large_bodies_bytes_per_address = 32U << 20U;
    std::size_t unsent_bytes = 1U << 20U;  ///< no further request of a connection begins while more waits to be sent
    std::chrono::milliseconds keep_alive{60'000};         ///< idle between requests
    std::chrono::milliseconds handshake_timeout{10'000};  ///< TLS
    std::size_t pipelined_requests = 16;                  ///< unanswered; then reading pauses
    std::size_t connections = 20'000;                     ///< in all; more are closed at once
    std::size_t connections_per_address = 200;            ///< IPv6 by /64
    std::chrono::milliseconds ping_interval{25'000};      ///< WebSocket
    std::chrono::milliseconds ping_timeout{60'000};       ///< a peer silent for longer is dropped
    std::chrono::milliseconds close_timeout{5'000};       ///< for the peer's half of a WebSocket's closing handshake
    std::chrono::milliseconds linger{2'000};  ///< for the peer to read a last answer before the socket closes
    /// Largest body for a request, asked once its headers are read: more is refused before it is read. 1 MiB where
    /// empty.
    std::function<BodyLimit(HttpRequest const& head)> body_limit = {};
    /// Where bodies beyond spool_from_bytes are kept while they come and are handled; in memory where empty.
    std::string spool_folder = {};
    std::size_t spool_from_bytes = 1U << 20U;
    /// The limit per address counts the socket's own address. Addresses for which `is_exempt` says yes (a trusted
    /// proxy) are not limited. Called on a loop.
    std::function<bool(std::string const& address)> is_exempt = {};
};

struct Tls {
    std::string certificate_file;  ///< PEM, with its chain
    std::string key_file;
};

/// What the wire hands on. All three are called on a loop and must not block.
struct Handlers {
    /// A complete request; `respond` may be called at any time from any thread.
    std::function<void(HttpRequest, Respond)> request;
    /// A request to upgrade, framed and checked as RFC 6455 4.2.1 asks. `decide` may be called later and from any
    /// thread, once: with a response to refuse it, or with the handler of the new connection. The handshake ends then.
    using Decide = std::function<void(std::variant<HttpResponse, WebSocketAccept>)>;
    std::function<void(HttpRequest, Decide)> upgrade;
};

/// Listens on one address, or on further ones beside it, and serves their connections on all loops of `loops`.
///
/// Made, started and stopped by the thread that owns it; `also_on` and `figures` are thread-safe.
class Listener {
public:
    Listener(Loops& loops, Limits limits, Handlers handlers);
    ~Listener();

    /// Binds and starts accepting. Throws std::system_error (EADDRINUSE and the like) or, for a bad certificate,
    /// std::runtime_error. Port 0 picks a free one.
    void start(std::string const& host, std::uint16_t port, Tls const* tls = nullptr);
    std::uint16_t port() const;
    /// Listens on one more address, on the same port, once started. Throws std::system_error.
    void also_on(std::string const& host);

    /// Accepts no more and lets requests under way finish.
    void stop_accepting();
    /// Closes every WebSocket with 1001 and every other connection once idle; returns when all are gone or after
    /// `grace`.
    void drain(std::chrono::milliseconds grace);

    struct Figures {
        std::uint64_t accepted = 0, refused = 0, requests = 0, open_connections = 0, open_websockets = 0;
        std::uint64_t bytes_in = 0, bytes_out = 0, outbox_bytes = 0, dropped_slow = 0;
    };
    Figures figures() const;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::net
