#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace soyuz::media {

/// A playlist of HTTP Live Streaming (RFC 8216), as far as it is needed to read a stream on.
struct Playlist {
    struct Variant {
        std::uint64_t bandwidth = 0;
        std::string uri;
    };
    struct Segment {
        std::uint64_t number = 0;
        double seconds = 0;
        std::string uri;
    };
    std::vector<Variant> variants;  ///< of a master playlist, the smallest first; it has no segments
    std::vector<Segment> segments;
    std::string init;  ///< what stands before the segments; "" for none
    double target_seconds = 0;
    bool has_ended = false;
};

/// Does it begin as a playlist does?
bool is_playlist(std::string_view text);
/// Errors: bad_request for what is none, is encrypted, asks for parts of files, or is too large.
base::Result<Playlist> parse_playlist(std::string_view text);

}  // namespace soyuz::media
