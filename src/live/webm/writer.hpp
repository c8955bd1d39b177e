#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "live/webm/splitter.hpp"
#include "live/webm/tracks.hpp"

/// Writes WebM anew from what a splitter found, so that nothing of a publisher's bytes but the encoded frames
/// themselves reaches anybody.
namespace soyuz::live::webm {

inline constexpr std::uint64_t video_number = 1, audio_number = 2;

/// Which tracks are written.
enum class Part { all, sound };

/// The children of a Tracks element; none of the part's tracks: "".
std::string tracks_element(Tracks const& tracks, Part part);
std::string ebml_element();
/// What a player needs ahead of all clusters: the segment has no known size, so that it can go on for ever.
std::string init_segment(Tracks const& tracks, Part part);

/// A cluster of its own with these blocks, all within 32 s of each other; "" where none is of the part.
std::string cluster(std::span<Block const> blocks, Part part);

}  // namespace soyuz::live::webm
