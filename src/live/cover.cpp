#include "live/cover.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace soyuz::live {

namespace {

// One black frame of 320 by 180 pixels, as Chromium's encoder makes it; a player scales it to the picture's place.
constexpr std::string_view vp8_black =
    "f00e009d012a4001b4000a8708858588998488380200061604f70681649f6bdb9b27387b27387b27387b27387b27387b"
    "27387b27387b27387b27387b27387b27387b27387b27387b27387b27387b27387b27387b27387b27387b27387b27387b"
    "27387b27387b27387b27387b27387b27387b27387b27387b27387b27387b272e00feea5700";
constexpr std::string_view vp9_black =
    "824983424013f00b365238241c197a00009047d8ceb0017347b8006afac4c5e0e7f0038321adf158d09fe694f0bcbf02"
    "c1af06a49759f0913e98cfbc00129aa806a78be2585cfa13313ad617059d12a67e18e50212e656499eb2cdd0d4fa4aaf"
    "07b0b770";

std::string from_hex(std::string_view text) {
    auto const digit = [](char letter) { return letter <= '9' ? letter - '0' : letter - 'a' + 10; };
    std::string bytes;
    for (std::size_t at = 0; at + 1 < text.size(); at += 2)
        bytes += static_cast<char>(digit(text[at]) * 16 + digit(text[at + 1]));
    return bytes;
}

// RFC 6716, 3.1: lengths of a frame by configuration, in quarters of a hundredth second.
constexpr std::array<unsigned, 4> silk_lengths{4, 8, 16, 24}, celt_lengths{1, 2, 4, 8};
constexpr unsigned longest = 48;  // 120 ms

unsigned frame_length(unsigned configuration) {
    if (configuration < 12) return silk_lengths[configuration % 4];
    if (configuration < 16) return configuration % 2 == 0 ? 4U : 8U;
    return celt_lengths[configuration % 4];
}

}  // namespace

std::string black_picture(std::string_view codec) { return from_hex(codec == "V_VP9" ? vp9_black : vp8_black); }

unsigned opus_length(std::string_view packet) {
    if (packet.empty()) return 0;
    auto const toc = static_cast<std::uint8_t>(packet[0]);
    auto const one = frame_length(toc >> 3U);
    switch (toc & 3U) {
        case 0: return one;
        case 1:
        case 2: return 2 * one;
        default: break;
    }
    if (packet.size() < 2) return 0;
    auto const length = one * (static_cast<std::uint8_t>(packet[1]) & 0x3FU);
    return length <= longest ? length : 0;
}

std::string silence(std::string_view packet) {
    auto const length = opus_length(packet);
    // Full band CELT, mono, in the longest frames that fill the time; each begins with the flag of silence set.
    for (unsigned exponent = 4; exponent-- > 0;) {
        auto const one = celt_lengths[exponent];
        if (length == 0 || length % one != 0) continue;
        auto const frames = length / one;
        std::string out;
        out += static_cast<char>((28U + exponent) << 3U | 3U);
        out += static_cast<char>(frames);
        for (unsigned at = 0; at < frames; ++at) out += "\xFF\xFE";
        return out;
    }
    return {};
}

}  // namespace soyuz::live
