#include "live/webm/splitter.hpp"

#include "live/webm/ebml.hpp"

namespace soyuz::live::webm {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::uint64_t milliseconds = 1'000'000;  // nanoseconds of a tick
constexpr std::uint64_t most_of_ebml = 1024;
constexpr std::uint8_t key_flag = 0x80, lacing_flags = 0x06;

Error no_webm() { return {Code::wrong_type, "This is no WebM stream."}; }
Error beyond_limits() { return {Code::too_large, "A part of the stream is larger than this server takes."}; }

}  // namespace

Result<void> Splitter::feed(std::string_view bytes, SplitterSink& sink) {
    if (has_failed_) return no_webm();
    // What is left of the call before is in front; without any the bytes are read where they lie.
    bool const is_joined = !pending_.empty();
    if (is_joined) pending_ += bytes;
    std::string_view rest = is_joined ? std::string_view{pending_} : bytes;
    for (;;) {
        auto const taken = take_element(rest, sink);
        if (!taken) {
            has_failed_ = true;
            pending_.clear();
            return taken.error();
        }
        if (!*taken) break;
    }
    pending_ = std::string{rest};
    return {};
}

Result<bool> Splitter::take_element(std::string_view& rest, SplitterSink& sink) {
    ElementHeader header;
    switch (parse_header(rest, header)) {
        case Parsed::invalid: return no_webm();
        case Parsed::incomplete: return false;
        case Parsed::ok: break;
    }
    // Told from the first bytes, so that nobody is listened to for long who sends something else.
    if (!has_ebml_ && (header.id != id::ebml || !header.size || *header.size > most_of_ebml)) return no_webm();
    // Segments and clusters are entered; whatever is in them comes as if they weren't there, so it does not matter
    // whether their size is known.
    if (header.id == id::segment || header.id == id::cluster) {
        if (has_segment_ == (header.id == id::segment)) return no_webm();
        if (header.id == id::segment) has_segment_ = true;
        cluster_time_.reset();
        rest.remove_prefix(header.bytes);
        return true;
    }
    if (!header.size) return no_webm();
    if (*header.size > limits_.element_bytes) return beyond_limits();
    auto const size = static_cast<std::size_t>(*header.size);
    if (rest.size() < header.bytes + size) return false;
    auto const content = rest.substr(header.bytes, size);
    rest.remove_prefix(header.bytes + size);
    if (auto const done = read(header.id, content, sink); !done) return done.error();
    return true;
}

Result<void> Splitter::read(std::uint32_t id, std::string_view content, SplitterSink& sink) {
    if (!has_ebml_) return read_ebml(content);
    if (!has_segment_) return id == id::void_ ? Result<void>{} : no_webm();
    switch (id) {
        case id::info: return read_info(content);
        case id::tracks: {
            if (tracks_) return no_webm();
            auto tracks = parse_tracks(content, limits_.tracks);
            if (!tracks) return tracks.error();
            tracks_ = std::move(*tracks);
            sink.tracks(*tracks_);
            return {};
        }
        case id::timestamp: {
            auto const time = read_unsigned(content);
            if (!time || *time > static_cast<std::uint64_t>(limits_.duration)) return beyond_limits();
            cluster_time_ = static_cast<std::int64_t>(*time);
            return {};
        }
        case id::simple_block: return read_block(content, std::nullopt, sink);
        case id::block_group: return read_group(content, sink);
        default: return {};
    }
}

Result<void> Splitter::read_ebml(std::string_view content) {
    bool is_webm = false;
    bool const is_whole = each_child(content, [&](std::uint32_t id, std::string_view value) {
        if (id == id::doc_type) is_webm = value == "webm" || value == "matroska";
        return true;
    });
    has_ebml_ = is_whole && is_webm;
    return has_ebml_ ? Result<void>{} : no_webm();
}

Result<void> Splitter::read_info(std::string_view content) {
    std::uint64_t scale = milliseconds;
    bool const is_whole = each_child(content, [&](std::uint32_t id, std::string_view value) {
        if (id == id::timestamp_scale) scale = read_unsigned(value).value_or(0);
        return true;
    });
    // Browsers count in milliseconds, all of them.
    return is_whole && scale == milliseconds ? Result<void>{} : no_webm();
}

Result<void> Splitter::read_group(std::string_view content, SplitterSink& sink) {
    std::optional<std::string_view> block;
    bool is_key = true;
    bool const is_whole = each_child(content, [&](std::uint32_t id, std::string_view value) {
        if (id == id::block) block = value;
        if (id == id::reference_block) is_key = false;
        return true;
    });
    if (!is_whole || !block) return no_webm();
    return read_block(*block, is_key, sink);
}

Result<void> Splitter::read_block(std::string_view content, std::optional<bool> is_key, SplitterSink& sink) {
    std::uint64_t number = 0;
    std::size_t length = 0;
    if (!tracks_ || !cluster_time_ || parse_vint(content, number, length) != Parsed::ok) return no_webm();
    content.remove_prefix(length);
    if (content.size() < 3) return no_webm();
    auto const high = static_cast<std::uint8_t>(content[0]);
    auto const low = static_cast<std::uint8_t>(content[1]);
    auto const flags = static_cast<std::uint8_t>(content[2]);
    if ((flags & lacing_flags) != 0) return no_webm();
    content.remove_prefix(3);

    Block block;
    block.is_video = tracks_->video && tracks_->video->number == number;
    bool const is_audio = tracks_->audio && tracks_->audio->number == number;
    if (!block.is_video && !is_audio) return no_webm();
    block.time = *cluster_time_ + static_cast<std::int16_t>(static_cast<std::uint16_t>(high << 8U | low));
    if (block.time < 0 || block.time > limits_.duration) return beyond_limits();
    block.is_key = is_key.value_or((flags & key_flag) != 0);
    block.data = content;
    sink.block(std::move(block));
    return {};
}

}  // namespace soyuz::live::webm
