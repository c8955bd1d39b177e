#include "live/webm/writer.hpp"

#include <algorithm>
#include <limits>

#include "live/webm/ebml.hpp"

namespace soyuz::live::webm {

namespace {

constexpr std::uint64_t nanoseconds_a_tick = 1'000'000;
constexpr std::string_view application = "soyuz";
constexpr std::uint64_t video_type = 1, audio_type = 2;

void append_track(std::string& out, VideoTrack const& track) {
    std::string video;
    append_unsigned(video, id::pixel_width, track.width);
    append_unsigned(video, id::pixel_height, track.height);
    std::string entry;
    append_unsigned(entry, id::track_number, video_number);
    append_unsigned(entry, id::track_uid, video_number);
    append_unsigned(entry, id::track_type, video_type);
    append_element(entry, id::codec_id, track.codec);
    if (!track.codec_private.empty()) append_element(entry, id::codec_private, track.codec_private);
    append_element(entry, id::video, video);
    append_element(out, id::track_entry, entry);
}

void append_track(std::string& out, AudioTrack const& track) {
    std::string audio;
    append_float(audio, id::sampling_frequency, track.sampling_frequency);
    append_unsigned(audio, id::channels, track.channels);
    std::string entry;
    append_unsigned(entry, id::track_number, audio_number);
    append_unsigned(entry, id::track_uid, audio_number);
    append_unsigned(entry, id::track_type, audio_type);
    append_element(entry, id::codec_id, track.codec);
    if (!track.codec_private.empty()) append_element(entry, id::codec_private, track.codec_private);
    append_element(entry, id::audio, audio);
    append_element(out, id::track_entry, entry);
}

void append_block(std::string& out, Block const& block, std::int64_t since) {
    append_id(out, id::simple_block);
    append_size(out, block.data.size() + 4);
    out += static_cast<char>(0x80U | (block.is_video ? video_number : audio_number));
    auto const relative = static_cast<std::uint16_t>(block.time - since);
    out += static_cast<char>(relative >> 8U);
    out += static_cast<char>(relative & 0xFFU);
    // Every frame of sound can be played by itself.
    out += static_cast<char>(block.is_key || !block.is_video ? 0x80 : 0);
    out += block.data;
}

}  // namespace

std::string tracks_element(Tracks const& tracks, Part part) {
    std::string entries, out;
    if (tracks.video && part == Part::all) append_track(entries, *tracks.video);
    if (tracks.audio) append_track(entries, *tracks.audio);
    if (!entries.empty()) append_element(out, id::tracks, entries);
    return out;
}

std::string ebml_element() {
    std::string content, out;
    append_unsigned(content, id::ebml_version, 1);
    append_unsigned(content, id::ebml_read_version, 1);
    append_unsigned(content, id::ebml_max_id_length, 4);
    append_unsigned(content, id::ebml_max_size_length, 8);
    append_element(content, id::doc_type, "webm");
    append_unsigned(content, id::doc_type_version, 4);
    append_unsigned(content, id::doc_type_read_version, 2);
    append_element(out, id::ebml, content);
    return out;
}

std::string init_segment(Tracks const& tracks, Part part) {
    auto const entries = tracks_element(tracks, part);
    if (entries.empty()) return {};
    auto out = ebml_element();
    append_id(out, id::segment);
    append_unknown_size(out);
    std::string info;
    append_unsigned(info, id::timestamp_scale, nanoseconds_a_tick);
    append_element(info, id::muxing_app, application);
    append_element(info, id::writing_app, application);
    append_element(out, id::info, info);
    return out + entries;
}

std::string cluster(std::span<Block const> blocks, Part part) {
    auto const belongs = [part](Block const& block) { return part == Part::all || !block.is_video; };
    auto since = std::numeric_limits<std::int64_t>::max();
    std::size_t bytes = 32;
    for (auto const& block : blocks) {
        if (!belongs(block)) continue;
        since = std::min(since, block.time);
        bytes += block.data.size() + 16;
    }
    std::string content, out;
    if (since == std::numeric_limits<std::int64_t>::max()) return out;
    content.reserve(bytes);
    append_unsigned(content, id::timestamp, static_cast<std::uint64_t>(since));
    for (auto const& block : blocks)
        if (belongs(block)) append_block(content, block, since);
    out.reserve(content.size() + 12);
    append_element(out, id::cluster, content);
    return out;
}

}  // namespace soyuz::live::webm
