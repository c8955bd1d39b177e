#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// Engine.IO 4 and Socket.IO 5 as protocols: sessions, transports, packets, namespaces. Knows nothing of chat.
/// https://socket.io/docs/v4/engine-io-protocol/ and https://socket.io/docs/v4/socket-io-protocol/
namespace soyuz::socketio {

enum class EngineKind : char {
    open = '0',
    close = '1',
    ping = '2',
    pong = '3',
    message = '4',
    upgrade = '5',
    noop = '6',
};

/// One packet of Engine.IO. `data` points into what it was read from.
struct EnginePacket {
    EngineKind kind = EngineKind::noop;
    bool is_binary = false;  ///< a message of bytes
    std::string_view data;
};

/// A text frame, or one packet of a payload that isn't binary. None for an unknown kind.
std::optional<EnginePacket> read_engine_packet(std::string_view text);

/// The body of a polling request: packets with U+001E between them, binary ones as "b" and base64. Calls `take` for
/// each in its order, at most `max_packets` times, and stops where it says no. False when the body is malformed, holds
/// more packets, or `take` said no. Linear in the length of the body.
bool read_payload(std::string_view body, std::size_t max_packets, std::function<bool(EnginePacket const&)> const& take);

/// Appends a packet to a payload, with the separator where something stands before it.
void append_packet(std::string& payload, std::string_view packet);
void append_binary_packet(std::string& payload, std::string_view bytes);

/// Takes frames apart that `net::encode_text` and `net::encode_binary` made, and appends them to a payload as packets.
void append_frames(std::string& payload, std::string_view frames);

/// A field of a query string as it stands there: session ids and numbers need no percent-encoding.
std::string_view query_field(std::string_view query, std::string_view name);
/// The same, decoded; none where it is absent or empty, or not encoded as it should be.
std::optional<std::string> query_text(std::string_view query, std::string_view name);

}  // namespace soyuz::socketio
