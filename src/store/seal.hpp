#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// Checksums that are part of the JSON they protect. All are CRC-32 (ISO 3309, as zlib computes it) in eight lower
/// case hexadecimal digits.
namespace soyuz::store {

/// Ends the line that began at `start` of `out`: an object's text without its final brace and with at least one
/// member. Adds the member `crc` over all bytes before it, the brace and the line break.
void seal_line(std::string& out, std::size_t start);

/// The bytes before the member `crc` of a line (given without its line break), or nothing if a byte is wrong.
std::optional<std::string_view> open_line(std::string_view line);

/// Length of what `seal_line` adds, without the line break.
inline constexpr std::size_t seal_size = 18;

/// Calls `good` for each intact record in a damaged stretch: where a line break itself was hit, two records stand on
/// one line. `head` is what every record begins with. Returns false if a stretch remains that is not a record.
bool salvage(std::string_view line, std::string_view head, std::function<void(std::string_view opened)> const& good);

/// A whole file: {"version":1,"checksum":"…", + `members` (without the opening brace, with the closing one). The
/// checksum covers every byte but its own digits.
inline constexpr std::uint64_t format_version = 1;
std::string seal_document(std::string_view members, std::uint64_t version = format_version);

struct OpenedDocument {
    enum class State { good, damaged, newer } state = State::damaged;
    std::string_view members;
};

OpenedDocument open_document(std::string_view file);

}  // namespace soyuz::store
