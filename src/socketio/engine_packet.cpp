#include "socketio/engine_packet.hpp"

#include <charconv>

#include <sodium.h>

#include "base/text.hpp"

namespace soyuz::socketio {

namespace {

constexpr char separator = '\x1e';

std::optional<std::string> decode_base64(std::string_view text) {
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    std::size_t length = 0;
    char const* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(),
                          nullptr, &length, &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    bytes.resize(length);
    return bytes;
}

/// Length of what a server's frame header announces, and of the header itself; RFC 6455, 5.2, without a mask.
std::pair<std::size_t, std::size_t> frame_sizes(std::string_view frames) {
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(frames[at]); };
    std::size_t const short_length = byte(1);
    std::size_t const extended = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
    if (extended == 0) return {short_length, 2};
    std::size_t length = 0;
    for (std::size_t i = 0; i < extended; ++i) length = length << 8U | byte(2 + i);
    return {length, 2 + extended};
}

}  // namespace

std::optional<EnginePacket> read_engine_packet(std::string_view text) {
    if (text.empty() || text[0] < '0' || text[0] > '6') return std::nullopt;
    return EnginePacket{static_cast<EngineKind>(text[0]), false, text.substr(1)};
}

bool read_payload(std::string_view body, std::size_t max_packets,
                  std::function<bool(EnginePacket const&)> const& take) {
    for (std::size_t packets = 0;; ++packets) {
        auto const end = body.find(separator);
        auto const text = body.substr(0, end);
        if (packets == max_packets) return false;
        if (text.starts_with('b')) {
            auto const bytes = decode_base64(text.substr(1));
            if (!bytes || !take({EngineKind::message, true, *bytes})) return false;
        } else {
            auto const packet = read_engine_packet(text);
            if (!packet || !take(*packet)) return false;
        }
        if (end == std::string_view::npos) return true;
        body.remove_prefix(end + 1);
    }
}

void append_packet(std::string& payload, std::string_view packet) {
    if (!payload.empty()) payload += separator;
    payload += packet;
}

void append_binary_packet(std::string& payload, std::string_view bytes) {
    if (!payload.empty()) payload += separator;
    payload += 'b';
    auto const begin = payload.size();
    auto const length = sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL);
    payload.resize(begin + length);
    sodium_bin2base64(payload.data() + begin, length, reinterpret_cast<unsigned char const*>(bytes.data()),
                      bytes.size(), sodium_base64_VARIANT_ORIGINAL);
    payload.pop_back();  // the final zero
}

void append_frames(std::string& payload, std::string_view frames) {
    constexpr unsigned char binary = 0x2;
    while (frames.size() >= 2) {
        auto const [length, header] = frame_sizes(frames);
        auto const data = frames.substr(header, length);
        if ((static_cast<unsigned char>(frames[0]) & 0xFU) == binary)
            append_binary_packet(payload, data);
        else
            append_packet(payload, data);
        frames.remove_prefix(header + length);
    }
}

std::optional<std::string> query_text(std::string_view query, std::string_view name) {
    auto const field = query_field(query, name);
    if (field.empty()) return std::nullopt;
    std::string text;
    text.reserve(field.size());
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] == '+') {
            text += ' ';
        } else if (field[i] != '%') {
            text += field[i];
        } else {
            unsigned byte = 0;
            if (i + 2 >= field.size()) return std::nullopt;
            auto const [end, error] = std::from_chars(field.data() + i + 1, field.data() + i + 3, byte, 16);
            if (error != std::errc{} || end != field.data() + i + 3) return std::nullopt;
            text += static_cast<char>(byte);
            i += 2;
        }
    }
    if (!base::is_valid_utf8(text)) return std::nullopt;
    return text;
}

std::string_view query_field(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        auto const end = query.find('&');
        auto const field = query.substr(0, end);
        if (field.size() > name.size() && field.starts_with(name) && field[name.size()] == '=')
            return field.substr(name.size() + 1);
        if (end == std::string_view::npos) break;
        query.remove_prefix(end + 1);
    }
    return {};
}

}  // namespace soyuz::socketio
