#include "live/webm/ebml.hpp"

#include <bit>

namespace soyuz::live::webm {

namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (char const each : bytes) value = value << 8U | static_cast<std::uint8_t>(each);
    return value;
}

void append_big_endian(std::string& out, std::uint64_t value, std::size_t length) {
    while (length > 0) out += static_cast<char>(value >> (8 * --length) & 0xFFU);
}

}  // namespace

Parsed parse_vint(std::string_view bytes, std::uint64_t& value, std::size_t& length) {
    if (bytes.empty()) return Parsed::incomplete;
    auto const first = byte_at(bytes, 0);
    if (first == 0) return Parsed::invalid;  // longer than eight bytes
    length = static_cast<std::size_t>(std::countl_zero(first)) + 1;
    if (bytes.size() < length) return Parsed::incomplete;
    value = big_endian(bytes.substr(0, length)) & ((std::uint64_t{1} << (7 * length)) - 1);
    return Parsed::ok;
}

Parsed parse_header(std::string_view bytes, ElementHeader& header) {
    if (bytes.empty()) return Parsed::incomplete;
    auto const id_length = static_cast<std::size_t>(std::countl_zero(byte_at(bytes, 0))) + 1;
    if (id_length > 4) return Parsed::invalid;
    if (bytes.size() <= id_length) return Parsed::incomplete;
    header.id = static_cast<std::uint32_t>(big_endian(bytes.substr(0, id_length)));
    std::uint64_t size = 0;
    std::size_t size_length = 0;
    auto const parsed = parse_vint(bytes.substr(id_length), size, size_length);
    if (parsed != Parsed::ok) return parsed;
    header.bytes = id_length + size_length;
    // RFC 8794, 6.2: all bits set mean that the size is not known.
    bool const is_unknown = size == (std::uint64_t{1} << (7 * size_length)) - 1;
    header.size = is_unknown ? std::nullopt : std::optional{size};
    return Parsed::ok;
}

std::optional<std::uint64_t> read_unsigned(std::string_view content) {
    if (content.size() > 8) return std::nullopt;
    return big_endian(content);
}

std::optional<double> read_float(std::string_view content) {
    switch (content.size()) {
        case 0: return 0.0;
        case 4: return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(big_endian(content))));
        case 8: return std::bit_cast<double>(big_endian(content));
        default: return std::nullopt;
    }
}

void append_id(std::string& out, std::uint32_t id) {
    append_big_endian(out, id, (static_cast<std::size_t>(std::bit_width(id)) + 7) / 8);
}

void append_size(std::string& out, std::uint64_t size, std::size_t length) {
    if (length == 0)
        for (length = 1; size >= (std::uint64_t{1} << (7 * length)) - 1;) ++length;
    append_big_endian(out, size | std::uint64_t{1} << (7 * length), length);
}

void append_unknown_size(std::string& out) { append_big_endian(out, 0x01FF'FFFF'FFFF'FFFF, 8); }

void append_element(std::string& out, std::uint32_t id, std::string_view content) {
    append_id(out, id);
    append_size(out, content.size());
    out += content;
}

void append_unsigned(std::string& out, std::uint32_t id, std::uint64_t value, std::size_t length) {
    if (length == 0) length = value == 0 ? 1 : (static_cast<std::size_t>(std::bit_width(value)) + 7) / 8;
    append_id(out, id);
    append_size(out, length);
    append_big_endian(out, value, length);
}

void append_float(std::string& out, std::uint32_t id, double value) {
    append_id(out, id);
    append_size(out, 8);
    append_big_endian(out, std::bit_cast<std::uint64_t>(value), 8);
}

}  // namespace soyuz::live::webm
