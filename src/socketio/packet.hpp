#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/websocket.hpp"

namespace soyuz::socketio {

enum class PacketKind : char {
    connect = '0',
    disconnect = '1',
    event = '2',
    ack = '3',
    connect_error = '4',
    binary_event = '5',
    binary_ack = '6',
};

constexpr bool is_ack(PacketKind kind) { return kind == PacketKind::ack || kind == PacketKind::binary_ack; }
constexpr bool has_attachments(PacketKind kind) {
    return kind == PacketKind::binary_event || kind == PacketKind::binary_ack;
}

/// One packet of Socket.IO as it stands in a message of Engine.IO. `name_space` and `json` point into the message.
struct Packet {
    PacketKind kind = PacketKind::event;
    std::size_t attachments = 0;  ///< binary messages that follow
    std::string_view name_space = "/";
    std::optional<std::uint64_t> id = std::nullopt;  ///< asks for an acknowledgement, or is one
    std::string_view json = {};                      ///< "" where there is none
};

constexpr std::size_t max_attachments = 10;
constexpr std::size_t max_name_space = 100;  ///< bytes

/// Reads all but the JSON. None where it is malformed or beyond a bound. Linear, without an allocation.
std::optional<Packet> read_packet(std::string_view message);

/// The text of a frame with the event `name` in the namespace "/", whose arguments are JSON texts with commas between
/// them. `name` needs no escapes.
std::string event_text(std::string_view name, std::string_view arguments);
/// The same for an acknowledgement.
std::string ack_text(std::uint64_t id, std::string_view arguments);

/// A message of Engine.IO with `packet`, as frames: itself and its attachments. Encoded once for all receivers.
net::SharedFrame encode_packet(Packet const& packet, std::vector<std::string> const& attachments = {});

}  // namespace soyuz::socketio
