#include "live/recording/finisher.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "live/webm/ebml.hpp"
#include "live/webm/writer.hpp"

namespace soyuz::live {

namespace id = webm::id;
using base::Code;
using base::Error;

namespace {

constexpr std::size_t most_of_head = std::size_t{64} << 10U;
constexpr std::uint64_t most_of_cluster = std::uint64_t{32} << 20U;
constexpr std::size_t header_bytes = 64;  // enough for a cluster's header, its time and the head of its first block
constexpr std::int64_t last_frame = 33;
constexpr std::int64_t cue_distance = 900;
constexpr std::size_t copy_bytes = std::size_t{256} << 10U;

class File {
public:
    File(std::filesystem::path const& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(File const&) = delete;
    File& operator=(File const&) = delete;

    bool is_open() const { return descriptor_ >= 0; }
    std::string read(std::uint64_t at, std::size_t count) const {
        std::string bytes(count, '\0');
        auto const got = ::pread(descriptor_, bytes.data(), count, static_cast<off_t>(at));
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }
    bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            auto const put = ::write(descriptor_, bytes.data(), bytes.size());
            if (put <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
        return true;
    }
    bool sync() const { return ::fsync(descriptor_) == 0; }
    std::uint64_t size() const {
        auto const end = ::lseek(descriptor_, 0, SEEK_END);
        return end < 0 ? 0 : static_cast<std::uint64_t>(end);
    }

private:
    int const descriptor_;
};

struct Cluster {
    std::uint64_t at = 0, bytes = 0;
    std::int64_t time = 0;
    bool is_key = false;
};

struct Contents {
    std::string tracks;  ///< the whole element
    bool has_video = false;
    std::vector<Cluster> clusters;
    std::int64_t end = 0;
};

/// Time of a cluster, and whether a player can begin with it.
bool look_at(std::string_view head, Cluster& cluster, bool has_video) {
    webm::ElementHeader header;
    if (webm::parse_header(head, header) != webm::Parsed::ok || header.id != id::timestamp || !header.size ||
        *header.size > 8 || head.size() < header.bytes + *header.size)
        return false;
    auto const size = static_cast<std::size_t>(*header.size);
    cluster.time = static_cast<std::int64_t>(webm::read_unsigned(head.substr(header.bytes, size)).value_or(0));
    head.remove_prefix(header.bytes + size);
    if (webm::parse_header(head, header) != webm::Parsed::ok || header.id != id::simple_block ||
        head.size() < header.bytes + 4)
        return false;
    head.remove_prefix(header.bytes);
    bool const is_video = static_cast<std::uint8_t>(head[0]) == (0x80U | webm::video_number);
    cluster.is_key = (static_cast<std::uint8_t>(head[3]) & 0x80U) != 0 && (is_video || !has_video);
    return true;
}

/// When the last frame of a cluster is shown.
std::int64_t last_time(std::string_view content, std::int64_t since) {
    auto last = since;
    webm::each_child(content, [&](std::uint32_t id, std::string_view value) {
        if (id == id::simple_block && value.size() >= 4) {
            auto const high = static_cast<std::uint8_t>(value[1]);
            auto const low = static_cast<std::uint8_t>(value[2]);
            last = std::max(last, since + static_cast<std::int16_t>(static_cast<std::uint16_t>(high << 8U | low)));
        }
        return true;
    });
    return last;
}

/// What is written anew, or was of an earlier finishing.
bool is_passed_over(std::uint32_t id) {
    return id == id::ebml || id == id::info || id == id::seek_head || id == id::cues || id == id::void_;
}

std::optional<Contents> look_through(File const& part) {
    Contents contents;
    auto const size = part.size();
    std::uint64_t at = 0;
    webm::ElementHeader last_header;
    while (at < size) {
        auto const head = part.read(at, header_bytes);
        webm::ElementHeader header;
        if (webm::parse_header(head, header) != webm::Parsed::ok) break;
        if (header.id == id::segment) {
            at += header.bytes;
            continue;
        }
        // A cluster that is not whole is what the crash tore.
        if (!header.size || at + header.bytes + *header.size > size) break;
        auto const bytes = header.bytes + *header.size;
        if (header.id == id::tracks && *header.size <= most_of_head) {
            contents.tracks = part.read(at, static_cast<std::size_t>(bytes));
            webm::each_child(std::string_view{contents.tracks}.substr(header.bytes),
                             [&](std::uint32_t, std::string_view entry) {
                                 return webm::each_child(entry, [&](std::uint32_t id, std::string_view) {
                                     contents.has_video = contents.has_video || id == id::video;
                                     return true;
                                 });
                             });
        } else if (header.id == id::cluster) {
            Cluster cluster{at, bytes};
            if (bytes > most_of_cluster ||
                !look_at(std::string_view{head}.substr(header.bytes), cluster, contents.has_video))
                break;
            contents.clusters.push_back(cluster);
            last_header = header;
        } else if (!is_passed_over(header.id)) {
            break;
        }
        at += bytes;
    }
    if (contents.tracks.empty() || contents.clusters.empty()) return std::nullopt;
    auto const& last = contents.clusters.back();
    auto const content =
        part.read(last.at + last_header.bytes, static_cast<std::size_t>(last.bytes - last_header.bytes));
    contents.end = last_time(content, last.time) + last_frame;
    return contents;
}

std::string info_element(std::int64_t duration) {
    std::string info, out;
    webm::append_unsigned(info, id::timestamp_scale, 1'000'000);
    webm::append_float(info, id::duration, static_cast<double>(duration));
    webm::append_element(info, id::muxing_app, "soyuz");
    webm::append_element(info, id::writing_app, "soyuz");
    webm::append_element(out, id::info, info);
    return out;
}

constexpr std::size_t position_length = 8;  // of all positions, so that sizes are known ahead of them

std::string seek_head(std::uint64_t info, std::uint64_t tracks, std::uint64_t cues) {
    std::string content, out;
    for (auto const& [element, position] :
         {std::pair{id::info, info}, std::pair{id::tracks, tracks}, std::pair{id::cues, cues}}) {
        std::string seek, name;
        webm::append_id(name, element);
        webm::append_element(seek, id::seek_id, name);
        webm::append_unsigned(seek, id::seek_position, position, position_length);
        webm::append_element(content, id::seek, seek);
    }
    webm::append_element(out, id::seek_head, content);
    return out;
}

std::string cues_element(Contents const& contents, std::int64_t begin, std::uint64_t first_cluster) {
    std::string content, out;
    std::uint64_t position = first_cluster;
    std::int64_t last = -cue_distance;
    auto const track = contents.has_video ? webm::video_number : webm::audio_number;
    for (auto const& cluster : contents.clusters) {
        auto const time = std::max<std::int64_t>(0, cluster.time - begin);
        if (cluster.is_key && time - last >= cue_distance) {
            std::string place, point;
            webm::append_unsigned(place, id::cue_track, track);
            webm::append_unsigned(place, id::cue_cluster_position, position, position_length);
            webm::append_unsigned(point, id::cue_time, static_cast<std::uint64_t>(time), position_length);
            webm::append_element(point, id::cue_track_positions, place);
            webm::append_element(content, id::cue_point, point);
            last = time;
        }
        position += cluster.bytes;
    }
    webm::append_element(out, id::cues, content);
    return out;
}

/// A cluster with its time counted from the recording's begin, in as many bytes as before.
std::string moved(std::string bytes, std::int64_t time) {
    std::string_view const view{bytes};
    webm::ElementHeader outer, inner;
    if (webm::parse_header(view, outer) != webm::Parsed::ok) return bytes;
    if (webm::parse_header(view.substr(outer.bytes), inner) != webm::Parsed::ok || !inner.size) return bytes;
    auto const length = static_cast<std::size_t>(*inner.size);
    std::string stamp;
    webm::append_unsigned(stamp, id::timestamp, static_cast<std::uint64_t>(time), length);
    bytes.replace(outer.bytes, stamp.size(), stamp);
    return bytes;
}

}  // namespace

base::Result<Finished> finish_recording(std::filesystem::path const& part, std::filesystem::path const& target) {
    Error const unwritable{Code::read_only, "The recording can't be written."};
    File const source{part, O_RDONLY};
    if (!source.is_open()) return Error{Code::not_found, "There is no such recording."};
    auto const contents = look_through(source);
    if (!contents) return Error{Code::not_found, "Nothing was recorded."};

    auto const begin = contents->clusters.front().time;
    auto const duration = std::max<std::int64_t>(1, contents->end - begin);
    std::uint64_t clusters_bytes = 0;
    for (auto const& cluster : contents->clusters) clusters_bytes += cluster.bytes;

    // Positions count from the segment's content.
    auto const info = info_element(duration);
    auto const seek_bytes = seek_head(0, 0, 0).size();
    auto const tracks_at = seek_bytes + info.size();
    auto const cues_at = tracks_at + contents->tracks.size();
    auto const cues_bytes = cues_element(*contents, begin, 0).size();
    auto const content_bytes = cues_at + cues_bytes + clusters_bytes;

    auto head = webm::ebml_element();
    webm::append_id(head, id::segment);
    webm::append_size(head, content_bytes, 8);
    head += seek_head(seek_bytes, tracks_at, cues_at);
    head += info;
    head += contents->tracks;
    head += cues_element(*contents, begin, cues_at + cues_bytes);

    auto temporary = target;
    temporary += ".new";
    {
        File const out{temporary, O_WRONLY | O_CREAT | O_TRUNC};
        if (!out.is_open() || !out.write(head)) return unwritable;
        std::string gathered;
        for (auto const& cluster : contents->clusters) {
            auto bytes = source.read(cluster.at, static_cast<std::size_t>(cluster.bytes));
            if (bytes.size() != cluster.bytes) return unwritable;
            gathered += moved(std::move(bytes), std::max<std::int64_t>(0, cluster.time - begin));
            if (gathered.size() < copy_bytes) continue;
            if (!out.write(gathered)) return unwritable;
            gathered.clear();
        }
        if (!out.write(gathered) || !out.sync()) return unwritable;
    }
    std::error_code fault;
    std::filesystem::rename(temporary, target, fault);
    if (fault) return unwritable;
    File const folder{target.parent_path(), O_RDONLY | O_DIRECTORY};
    if (folder.is_open()) folder.sync();
    return Finished{std::chrono::milliseconds{duration}, head.size() + clusters_bytes};
}

}  // namespace soyuz::live
