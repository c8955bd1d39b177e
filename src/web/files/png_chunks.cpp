#include "web/files/png_chunks.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>

namespace soyuz::web {

namespace {

constexpr std::size_t signature_bytes = 8;
constexpr std::size_t frame_bytes = 12;  // length, type and check sum
// libpng bounds what a profile unpacks to by its own head; a larger one is for print.
constexpr std::size_t most_profile_bytes = 1U << 20U;

/// What pixels are made of: sizes, palettes, transparency, colour spaces, and the turn that a camera noted.
constexpr std::array<std::string_view, 12> kept_once{"IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB",
                                                     "iCCP", "sBIT", "pHYs", "cICP", "eXIf", "IEND"};

std::size_t length_at(std::string_view content, std::size_t at) {
    std::uint32_t length = 0;
    for (auto const byte : content.substr(at, 4)) length = length << 8U | static_cast<unsigned char>(byte);
    return length;
}

}  // namespace

std::optional<std::string> essential_png(std::string_view content) {
    if (content.size() < signature_bytes) return std::nullopt;
    std::string png{content.substr(0, signature_bytes)};
    std::bitset<kept_once.size()> seen;
    for (std::size_t at = signature_bytes; at < content.size();) {
        if (content.size() - at < frame_bytes) return std::nullopt;
        auto const length = length_at(content, at);
        if (length > content.size() - at - frame_bytes) return std::nullopt;
        auto const chunk = content.substr(at, length + frame_bytes);
        auto const type = chunk.substr(4, 4);
        at += chunk.size();

        auto const place =
            static_cast<std::size_t>(std::find(kept_once.begin(), kept_once.end(), type) - kept_once.begin());
        bool const is_first = place < kept_once.size() && !seen[place];
        bool const is_too_large = type == "iCCP" && length > most_profile_bytes;
        if (is_first) seen[place] = true;
        if (type == "IDAT" || (is_first && !is_too_large)) png += chunk;
        // Data after the end chunk is not part of the picture (PNG, 5.6).
        if (type == "IEND") return png;
    }
    return std::nullopt;
}

}  // namespace soyuz::web
