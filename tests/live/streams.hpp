#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "live/webm/ebml.hpp"
#include "live/webm/splitter.hpp"
#include "live/webm/writer.hpp"

namespace soyuz::live::testing {

inline webm::Tracks picture_and_sound() {
    webm::Tracks tracks;
    tracks.video = webm::VideoTrack{1, "V_VP8", "", 640, 480};
    tracks.audio = webm::AudioTrack{2, "A_OPUS", "OpusHead", 48'000, 1};
    return tracks;
}

inline webm::Block picture(std::int64_t time, bool is_key, std::string data = "picture") {
    return {true, is_key, time, std::move(data)};
}

/// Opus: one frame of 20 ms (RFC 6716, 3.1).
inline webm::Block sound(std::int64_t time) { return {false, true, time, std::string("\xF8 sound", 7)}; }

/// What a browser's recorder writes ahead of its first cluster.
inline std::string head(webm::Tracks const& tracks = picture_and_sound()) {
    return webm::init_segment(tracks, webm::Part::all);
}

inline std::string cluster(std::vector<webm::Block> const& blocks) { return webm::cluster(blocks, webm::Part::all); }

/// The same as Chromium writes it: of unknown size.
inline std::string open_cluster(std::vector<webm::Block> const& blocks) {
    auto const closed = cluster(blocks);
    webm::ElementHeader header;
    webm::parse_header(closed, header);
    std::string out;
    webm::append_id(out, webm::id::cluster);
    webm::append_unknown_size(out);
    return out + closed.substr(header.bytes);
}

class Heard final : public webm::SplitterSink {
public:
    void tracks(webm::Tracks const& tracks) override { found = tracks; }
    void block(webm::Block block) override { blocks.push_back(std::move(block)); }

    std::optional<webm::Tracks> found;
    std::vector<webm::Block> blocks;
};

/// Takes WebM apart as a player would.
inline Heard play(std::string const& bytes) {
    Heard heard;
    webm::Splitter splitter;
    (void)splitter.feed(bytes, heard);
    return heard;
}

}  // namespace soyuz::live::testing
