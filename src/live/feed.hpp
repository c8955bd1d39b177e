#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "live/fragment.hpp"
#include "live/webm/splitter.hpp"

namespace soyuz::live {

/// What is done to a stream on its way out.
struct Treatment {
    std::chrono::milliseconds delay{0};
    bool is_blanked = false;
    bool is_muted = false;
};

/// One layer of a broadcast: takes a publisher's WebM apart, holds it back as long as is wished, and gives it out as
/// fragments; keeps those that a viewer who comes now begins with. Not thread-safe.
class Feed {
public:
    struct Limits {
        std::size_t kept_bytes = std::size_t{4} << 20U;      ///< since the last key frame
        std::size_t delayed_bytes = std::size_t{24} << 20U;  ///< held back; beyond it the oldest goes out early
        std::chrono::milliseconds past{60'000};              ///< kept for an evidence clip, as it came
        std::size_t past_bytes = std::size_t{12} << 20U;
        webm::SplitterLimits splitter = {};
    };
    explicit Feed(Limits limits) : limits_(limits) {}

    /// The broadcast is over: the next one begins from nothing, but for the numbers of its fragments.
    void clear();
    /// Another recording begins: its times go on where those of the one before ended.
    void restart();
    /// Errors as `webm::Splitter::feed`.
    base::Result<void> take(std::string_view bytes, base::Moment now);
    /// What is due now, in its order.
    std::vector<Fragment> release(base::Moment now, Treatment const& treatment);

    /// What a viewer who joins gets at once; `next` is the number of the fragment that follows.
    struct Start {
        Bytes init, init_sound;
        std::vector<Fragment> fragments;
        std::uint64_t next = 0;
    };
    Start start() const;
    /// Null while nothing has come out.
    Bytes const& init() const { return init_; }
    std::optional<webm::Tracks> const& tracks() const { return tracks_; }
    std::int64_t time() const { return last_time_; }

    /// Frames as they came, before anything was done to them, from a key frame on that is at most `past` ago.
    struct Past {
        webm::Tracks tracks;
        std::vector<webm::Block> blocks;
    };
    Past past() const;

private:
    /// Frames that come out together.
    struct Group {
        base::Moment came;
        bool is_key = false;
        std::optional<webm::Tracks> tracks;  ///< new with it
        std::vector<webm::Block> blocks;
        std::size_t bytes = 0;
    };
    class Gatherer;

    void keep_past(std::vector<webm::Block> const& blocks);
    Fragment make(Group group, Treatment const& treatment);
    void treat(std::vector<webm::Block>& blocks, Treatment const& treatment);
    void keep(Fragment const& fragment);

    Limits const limits_;
    std::optional<webm::Splitter> splitter_;
    std::optional<std::int64_t> first_time_;  ///< of the present recording, as it counts
    std::int64_t offset_ = 0;                 ///< what its times are shifted by
    std::int64_t last_time_ = 0;
    base::Moment last_came_{};
    std::optional<webm::Tracks> announced_;  ///< by the publisher, maybe not out yet
    std::optional<webm::Tracks> tracks_;     ///< of what goes out
    bool has_new_tracks_ = false;

    std::deque<Group> delayed_;
    std::size_t delayed_bytes_ = 0;

    std::deque<webm::Block> past_;
    std::size_t past_bytes_ = 0;

    Bytes init_, init_sound_;
    std::deque<Fragment> kept_;
    std::size_t kept_bytes_ = 0;
    bool is_complete_ = false;  ///< `kept_` begins with a key frame
    std::uint64_t next_seq_ = 1;
    bool waits_for_key_ = false;  ///< frames that build on blanked ones are no picture
};

}  // namespace soyuz::live
