#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

/// WebSocket connections (RFC 6455) as the rest of the house sees them.
namespace soyuz::net {

class Loop;

/// A frame, or several in a row, encoded once and shared by every outbox that it waits in. Immutable.
using SharedFrame = std::shared_ptr<std::string const>;

SharedFrame encode_text(std::string_view payload);
/// Appends a text frame, for several in a row.
void append_text(std::string& out, std::string_view payload);
SharedFrame encode_binary(std::string_view payload);

/// What may be dropped first when a connection falls behind.
enum class Importance {
    droppable,  ///< typing, presence: left out once the outbox is over half of its bound
    needed,     ///< messages: over the bound the connection is closed with 1013
};

/// The sending side of a connection. Lives on one loop: only that loop's thread may call it.
class WebSocket {
public:
    virtual ~WebSocket() = default;
    virtual Loop& loop() = 0;
    /// Puts a frame into the outbox, which is written once at the end of this turn of the loop. False when the
    /// frame was left out (droppable and behind) or the connection is closing.
    virtual bool send(SharedFrame const& frame, Importance importance = Importance::needed) = 0;
    /// Starts the closing handshake; what is in the outbox goes out first. `reason` at most 123 bytes of UTF-8.
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
    /// Bytes waiting to be written.
    virtual std::size_t unsent_bytes() const = 0;
};

/// The receiving side: one object a connection, made by the handshake, destroyed after `closed`. All calls come
/// on the connection's loop and must not block.
class WebSocketHandler {
public:
    virtual ~WebSocketHandler() = default;
    /// The handshake is done; `socket` stays valid until `closed` returns.
    virtual void opened(WebSocket& socket) = 0;
    virtual void text(std::string_view message) = 0;
    virtual void binary(std::string_view message) = 0;
    /// Last call. `code` is 1006 where the peer vanished.
    virtual void closed(std::uint16_t code) = 0;
};

struct WebSocketLimits {
    std::size_t message_bytes = 64U << 10U;  ///< larger: closed with 1009
    std::size_t fragments = 1024;            ///< more: closed with 1008
    std::size_t outbox_bytes = 1U << 20U;    ///< more waiting: closed with 1013
    std::size_t compress_from = 1024;        ///< smaller messages go out as they are, also where RFC 7692 is agreed on
};

/// What `web` decides about a request with `Upgrade: websocket`.
struct WebSocketAccept {
    std::unique_ptr<WebSocketHandler> handler;
    WebSocketLimits limits;
    std::string protocol;                  ///< chosen Sec-WebSocket-Protocol, or ""
    std::shared_ptr<void> held = nullptr;  ///< goes with the connection, or with a handshake that comes to nothing
};

}  // namespace soyuz::net
