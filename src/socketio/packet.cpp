#include "socketio/packet.hpp"

#include <algorithm>
#include <charconv>

namespace soyuz::socketio {

namespace {

/// Takes a number from the front of `text`; none where no digit stands there or it is too large.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

bool begins_with_digit(std::string_view text) { return !text.empty() && text[0] >= '0' && text[0] <= '9'; }

}  // namespace

std::optional<Packet> read_packet(std::string_view message) {
    if (message.empty() || message[0] < '0' || message[0] > '6') return std::nullopt;
    Packet packet;
    packet.kind = static_cast<PacketKind>(message[0]);
    message.remove_prefix(1);
    if (has_attachments(packet.kind)) {
        auto const count = take_number(message);
        if (!count || *count > max_attachments || !message.starts_with('-')) return std::nullopt;
        packet.attachments = static_cast<std::size_t>(*count);
        message.remove_prefix(1);
    }
    if (message.starts_with('/')) {
        auto const end = std::min(message.find(','), message.size());
        packet.name_space = message.substr(0, end);
        if (end > max_name_space) return std::nullopt;
        message.remove_prefix(std::min(end + 1, message.size()));
    }
    if (begins_with_digit(message)) {
        packet.id = take_number(message);
        if (!packet.id) return std::nullopt;
    }
    packet.json = message;
    return packet;
}

std::string event_text(std::string_view name, std::string_view arguments) {
    std::string text;
    text.reserve(name.size() + arguments.size() + 8);
    text.append(R"(42[")").append(name).append("\"");
    if (!arguments.empty()) text.append(",").append(arguments);
    return text += ']';
}

std::string ack_text(std::uint64_t id, std::string_view arguments) {
    return std::string{"43"}.append(std::to_string(id)).append("[").append(arguments).append("]");
}

net::SharedFrame encode_packet(Packet const& packet, std::vector<std::string> const& attachments) {
    std::string text{'4', static_cast<char>(packet.kind)};
    if (has_attachments(packet.kind)) text.append(std::to_string(attachments.size())).append("-");
    if (packet.name_space != "/") text.append(packet.name_space).append(",");
    if (packet.id) text.append(std::to_string(*packet.id));
    text.append(packet.json);
    if (attachments.empty()) return net::encode_text(text);
    std::string frames;
    net::append_text(frames, text);
    for (auto const& bytes : attachments) frames += *net::encode_binary(bytes);
    return std::make_shared<std::string const>(std::move(frames));
}

}  // namespace soyuz::socketio
