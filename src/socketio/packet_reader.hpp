#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "socketio/packet.hpp"

namespace soyuz::socketio {

/// A packet with its JSON read and its attachments at hand.
struct WholePacket {
    PacketKind kind = PacketKind::event;
    std::string name_space;
    std::optional<std::uint64_t> id;
    nlohmann::json data;
    std::vector<std::string> attachments;
};

/// Puts packets together from messages. Bounds: `max_attachments`, and `max_bytes` for a packet with all of them.
class PacketReader {
public:
    explicit PacketReader(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    enum class Outcome : std::uint8_t {
        malformed,
        unfinished,  ///< attachments are to come
        complete,    ///< `take` it
    };
    Outcome text(std::string_view message);
    Outcome binary(std::string_view bytes);
    WholePacket take();

private:
    bool is_well_formed() const;

    std::size_t const max_bytes_;
    WholePacket packet_;
    std::size_t missing_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace soyuz::socketio
