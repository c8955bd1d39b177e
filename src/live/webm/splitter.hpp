#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "live/webm/tracks.hpp"

namespace soyuz::live::webm {

/// One encoded frame of one track.
struct Block {
    bool is_video = false;
    bool is_key = false;    ///< of a picture: it can be shown without any before it
    std::int64_t time = 0;  ///< milliseconds since the stream's begin
    std::string data;
};

/// Hears what a stream consists of, in its order.
class SplitterSink {
public:
    virtual ~SplitterSink() = default;
    /// Once, ahead of all blocks.
    virtual void tracks(Tracks const& tracks) = 0;
    virtual void block(Block block) = 0;
};

struct SplitterLimits {
    std::size_t element_bytes = std::size_t{1} << 20U;  ///< of a frame, and of each element beside clusters
    std::int64_t duration = std::int64_t{48} * 3600 * 1000;
    TrackLimits tracks = {};
};

/// Takes a WebM stream apart as it comes, cut anywhere. What it does not know it leaves out; what it can't read, or
/// what is beyond a limit, ends it. Not thread-safe.
class Splitter {
public:
    explicit Splitter(SplitterLimits limits = {}) : limits_(limits) {}

    /// Errors: wrong_type for what is no stream that browsers record, too_large for what is beyond a limit. After an
    /// error each further call gives one.
    base::Result<void> feed(std::string_view bytes, SplitterSink& sink);
    /// Bytes of an element that is not complete yet.
    std::size_t waiting() const { return pending_.size(); }

private:
    base::Result<bool> take_element(std::string_view& rest, SplitterSink& sink);
    base::Result<void> read(std::uint32_t id, std::string_view content, SplitterSink& sink);
    base::Result<void> read_ebml(std::string_view content);
    base::Result<void> read_info(std::string_view content);
    base::Result<void> read_group(std::string_view content, SplitterSink& sink);
    base::Result<void> read_block(std::string_view content, std::optional<bool> is_key, SplitterSink& sink);

    SplitterLimits const limits_;
    std::string pending_;
    std::optional<Tracks> tracks_;
    std::optional<std::int64_t> cluster_time_;
    bool has_ebml_ = false, has_segment_ = false, has_failed_ = false;
};

}  // namespace soyuz::live::webm
