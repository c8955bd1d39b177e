#include "store/seal.hpp"

#include <algorithm>

#include <zlib.h>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"

namespace soyuz::store {
namespace {

constexpr std::string_view line_mark = ",\"crc\":\"";
constexpr std::string_view document_head = "{\"version\":";
constexpr std::string_view document_mark = ",\"checksum\":\"";

std::uint32_t crc(std::uint32_t start, std::string_view bytes) {
    return static_cast<std::uint32_t>(
        ::crc32_z(start, reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size()));
}

void append_hex(std::string& out, std::uint32_t value) {
    for (int shift = 28; shift >= 0; shift -= 4) out += "0123456789abcdef"[(value >> shift) & 15U];
}

std::string hex(std::uint32_t value) {
    std::string out;
    append_hex(out, value);
    return out;
}

}  // namespace

void seal_line(std::string& out, std::size_t start) {
    auto const value = crc(0, std::string_view{out}.substr(start));
    out += line_mark;
    append_hex(out, value);
    out += "\"}\n";
}

std::optional<std::string_view> open_line(std::string_view line) {
    if (line.size() <= seal_size) return std::nullopt;
    auto const content = line.substr(0, line.size() - seal_size);
    auto const seal = line.substr(content.size());
    if (!seal.starts_with(line_mark) || !seal.ends_with("\"}")) return std::nullopt;
    char expected[8];
    auto const value = crc(0, content);
    for (int i = 0; i < 8; ++i) expected[i] = "0123456789abcdef"[(value >> (28 - 4 * i)) & 15U];
    if (seal.substr(line_mark.size(), 8) != std::string_view{expected, 8}) return std::nullopt;
    return content;
}

bool salvage(std::string_view line, std::string_view head, std::function<void(std::string_view)> const& good) {
    constexpr auto none = std::string_view::npos;
    bool whole = true;
    for (std::size_t start = 0; start < line.size();) {
        // A record may hold `head` itself, so every place where the next one could begin is tried.
        std::size_t end = start;
        std::optional<std::string_view> opened;
        while (!opened && end < line.size()) {
            end = std::min(line.find(head, end + 1), line.size());
            auto const piece = line.substr(start, end - start);
            opened = open_line(piece);
            // The byte between two records, or after the last one, is where the line break stood.
            if (!opened) opened = open_line(piece.substr(0, piece.size() - 1));
        }
        if (opened) {
            good(*opened);
            start = end;
        } else {
            whole = false;
            auto const next = line.find(head, start + 1);
            start = next == none ? line.size() : next;
        }
    }
    return whole;
}

std::string seal_document(std::string_view members, std::uint64_t version) {
    std::string out{document_head};
    base::append_number(out, version);
    out += document_mark;
    auto const tail = std::string{"\","} + std::string{members};
    auto const sum = crc(crc(0, out), tail);
    return out + hex(sum) + tail;
}

OpenedDocument open_document(std::string_view file) {
    OpenedDocument opened;
    base::JsonReader reader{file};
    reader.expect(document_head);
    auto const found_version = reader.number();
    reader.expect(document_mark);
    auto const at = reader.at();
    if (!reader.ok() || file.size() < at + 8 + 2) return opened;
    auto const tail = file.substr(at + 8);
    if (!tail.starts_with("\",") || file.substr(at, 8) != hex(crc(crc(0, file.substr(0, at)), tail))) return opened;
    opened.state = found_version > format_version ? OpenedDocument::State::newer : OpenedDocument::State::good;
    opened.members = tail.substr(2);
    return opened;
}

}  // namespace soyuz::store
