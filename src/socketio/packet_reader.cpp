#include "socketio/packet_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json.hpp"

namespace soyuz::socketio {

namespace {

/// Events that a library makes itself: no client may emit them.
constexpr std::array<std::string_view, 6> reserved{"connect",       "connect_error", "disconnect",
                                                   "disconnecting", "newListener",   "removeListener"};

bool is_event(nlohmann::json const& data) {
    if (!data.is_array() || data.empty()) return false;
    if (data[0].is_number_integer()) return true;
    if (!data[0].is_string()) return false;
    auto const& name = data[0].get_ref<std::string const&>();
    return std::find(reserved.begin(), reserved.end(), name) == reserved.end();
}

}  // namespace

PacketReader::Outcome PacketReader::text(std::string_view message) {
    if (missing_ > 0) return Outcome::malformed;
    auto const read = read_packet(message);
    if (!read) return Outcome::malformed;
    packet_ = {read->kind, std::string{read->name_space}, read->id, nullptr, {}};
    if (!read->json.empty()) {
        auto parsed = base::parse_json(read->json);
        if (!parsed) return Outcome::malformed;
        packet_.data = std::move(*parsed);
    }
    if (!is_well_formed()) return Outcome::malformed;
    missing_ = read->attachments;
    bytes_ = message.size();
    return missing_ == 0 ? Outcome::complete : Outcome::unfinished;
}

PacketReader::Outcome PacketReader::binary(std::string_view bytes) {
    bytes_ += bytes.size();
    if (missing_ == 0 || bytes_ > max_bytes_) return Outcome::malformed;
    packet_.attachments.emplace_back(bytes);
    return --missing_ == 0 ? Outcome::complete : Outcome::unfinished;
}

WholePacket PacketReader::take() { return std::exchange(packet_, {}); }

bool PacketReader::is_well_formed() const {
    auto const& data = packet_.data;
    switch (packet_.kind) {
        case PacketKind::connect: return data.is_null() || data.is_object();
        case PacketKind::disconnect: return data.is_null();
        case PacketKind::event:
        case PacketKind::binary_event: return is_event(data);
        case PacketKind::ack:
        case PacketKind::binary_ack: return data.is_array() && packet_.id.has_value();
        case PacketKind::connect_error: return false;  // only servers send it
    }
    return false;
}

}  // namespace soyuz::socketio
