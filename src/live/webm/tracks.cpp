#include "live/webm/tracks.hpp"

#include "live/webm/ebml.hpp"

namespace soyuz::live::webm {

using base::Code;
using base::Error;

namespace {

constexpr std::size_t most_codec_private = 1024;
constexpr std::uint64_t video_type = 1, audio_type = 2;

struct Entry {
    std::uint64_t number = 0, type = 0, width = 0, height = 0, channels = 1;
    double sampling_frequency = 8000;
    std::string codec, codec_private;
    bool is_encoded = false;
};

bool read_video(std::string_view content, Entry& entry) {
    return each_child(content, [&](std::uint32_t id, std::string_view value) {
        if (id == id::pixel_width) entry.width = read_unsigned(value).value_or(0);
        if (id == id::pixel_height) entry.height = read_unsigned(value).value_or(0);
        return true;
    });
}

bool read_audio(std::string_view content, Entry& entry) {
    return each_child(content, [&](std::uint32_t id, std::string_view value) {
        if (id == id::sampling_frequency) entry.sampling_frequency = read_float(value).value_or(0);
        if (id == id::channels) entry.channels = read_unsigned(value).value_or(0);
        return true;
    });
}

bool read_entry(std::string_view content, Entry& entry) {
    return each_child(content, [&](std::uint32_t id, std::string_view value) {
        switch (id) {
            case id::track_number: entry.number = read_unsigned(value).value_or(0); return true;
            case id::track_type: entry.type = read_unsigned(value).value_or(0); return true;
            case id::codec_id: entry.codec = value.substr(0, 32); return true;
            case id::codec_private: entry.codec_private = value; return value.size() <= most_codec_private;
            case id::content_encodings: entry.is_encoded = true; return true;
            case id::video: return read_video(value, entry);
            case id::audio: return read_audio(value, entry);
            default: return true;
        }
    });
}

}  // namespace

base::Result<Tracks> parse_tracks(std::string_view content, TrackLimits const& limits) {
    Error const unknown{Code::wrong_type, "A stream is a picture in VP8 or VP9, sound in Opus, or both."};
    Tracks tracks;
    std::optional<Error> fault;
    bool const is_whole = each_child(content, [&](std::uint32_t id, std::string_view value) {
        if (id != id::track_entry) return true;
        Entry entry;
        if (!read_entry(value, entry) || entry.number == 0 || entry.is_encoded) return false;
        if (entry.type == video_type && !tracks.video && (entry.codec == "V_VP8" || entry.codec == "V_VP9")) {
            if (entry.width == 0 || entry.height == 0) return false;
            if (entry.width > limits.width || entry.height > limits.height ||
                entry.width * entry.height > limits.pixels) {
                fault = Error{Code::too_large, "The picture is larger than this server takes."};
                return false;
            }
            tracks.video =
                VideoTrack{entry.number, entry.codec, entry.codec_private, static_cast<std::uint32_t>(entry.width),
                           static_cast<std::uint32_t>(entry.height)};
            return true;
        }
        if (entry.type == audio_type && !tracks.audio && entry.codec == "A_OPUS") {
            bool const is_sane = entry.channels >= 1 && entry.channels <= 2 && entry.sampling_frequency >= 8000 &&
                                 entry.sampling_frequency <= 48'000;
            if (!is_sane) return false;
            tracks.audio = AudioTrack{entry.number, entry.codec, entry.codec_private, entry.sampling_frequency,
                                      static_cast<std::uint32_t>(entry.channels)};
            return true;
        }
        return false;
    });
    if (fault) return *fault;
    if (!is_whole || (!tracks.video && !tracks.audio)) return unknown;
    if (tracks.video && tracks.audio && tracks.video->number == tracks.audio->number) return unknown;
    return tracks;
}

}  // namespace soyuz::live::webm
