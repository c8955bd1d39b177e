#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace soyuz::live::webm {

struct VideoTrack {
    std::uint64_t number = 0;  ///< in the publisher's file
    std::string codec;         ///< "V_VP8" or "V_VP9"
    std::string codec_private;
    std::uint32_t width = 0, height = 0;
    bool operator==(VideoTrack const&) const = default;
};

struct AudioTrack {
    std::uint64_t number = 0;
    std::string codec;          ///< "A_OPUS"
    std::string codec_private;  ///< OpusHead
    double sampling_frequency = 48'000;
    std::uint32_t channels = 1;
    bool operator==(AudioTrack const&) const = default;
};

/// What a stream consists of: one picture, one sound, or both.
struct Tracks {
    std::optional<VideoTrack> video;
    std::optional<AudioTrack> audio;
    bool operator==(Tracks const&) const = default;
};

struct TrackLimits {
    std::uint32_t width = 1920, height = 1920;
    std::uint64_t pixels = 1920ULL * 1080;
};

/// Reads the content of a Tracks element. Errors: wrong_type where it is no VP8 or VP9 with Opus, too_large.
base::Result<Tracks> parse_tracks(std::string_view content, TrackLimits const& limits);

}  // namespace soyuz::live::webm
