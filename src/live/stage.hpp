#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/token_bucket.hpp"
#include "live/feed.hpp"
#include "live/fragment.hpp"
#include "live/stage_state.hpp"

namespace soyuz::live {

class Audience;
class Recorder;
class Recording;

/// A live room's stage: who is live, how far their picture and sound come through, and who watches.
///
/// Thread-safe; nothing blocks on the disk. The audience hears of everything under the stage's lock, so that it hears
/// it in order.
class Stage {
public:
    struct Limits {
        float bytes_per_second = 1'000'000;  ///< of a publisher, in the long run
        float burst_bytes = 4'000'000;
        std::chrono::milliseconds grace{10'000};  ///< for a publisher to come back
        std::chrono::minutes kept_out{5};         ///< how long a host who was cut can't go live again
        std::size_t viewers = 2000;               ///< sockets
        Feed::Limits feed = {};
    };
    /// `audience` and `recorder` (which may be null) outlive it.
    Stage(base::RoomId room, StageState const& stored, Limits limits, base::Clock const& clock, Audience& audience,
          Recorder* recorder);
    ~Stage();

    StageState state() const;

    // The publisher. A ticket names a connection.

    /// Begins a broadcast, or takes it up again. Errors: conflict where somebody else is live; forbidden after a cut.
    base::Result<std::uint64_t> go_live(base::UserId const& host);
    /// Errors: those of the splitter; rate_limited; conflict where the ticket counts no more.
    base::Result<void> feed(std::uint64_t ticket, Layer layer, std::string_view bytes);
    /// The connection was lost: the broadcast goes on for a while without pictures.
    void lose(std::uint64_t ticket);
    /// `why`: "host", "moderator" or "cut"; conflict where nothing is live.
    base::Result<void> end(std::string_view why);

    // What host and moderators do.

    /// Has the half minute before and the half minute from now on kept as it comes, before anything was done to it.
    /// Errors: conflict where nothing is live or a clip is being taken; not_found where nothing is recorded here.
    /// `the_case`: the id of the case that it is evidence for, or "".
    base::Result<void> clip(base::UserId const& by, std::string the_case = {});
    void blank(bool on);
    void mute(bool on);
    void plan(StagePlan plan);
    void reset_counts();

    // Viewers.

    /// What they get first, in their quality; counts them. Errors: overloaded.
    base::Result<Feed::Start> watch(base::UserId const& viewer, Quality quality);
    /// The same for somebody who watches already.
    Feed::Start start(Quality quality) const;
    /// The layer that a quality is made of.
    Layer layer_of(Quality quality) const;
    void leave(base::UserId const& viewer);

    void heart(std::uint64_t count);
    void count_gift(std::uint64_t amount);

    /// Four to twenty times a second: gives out what was held back, counts hearts together, ends what was lost.
    void tick();
    /// True once since the last call where something that is kept on disk has changed.
    bool take_dirty();

private:
    bool is_on() const { return state_.phase == Phase::live || state_.phase == Phase::interrupted; }
    void give_out();
    void changed();
    void tell();
    void finish(std::string_view why);
    void record();
    void keep_clip();
    Treatment treatment() const;

    Limits const limits_;
    base::Clock const& clock_;
    Audience& audience_;
    Recorder* const recorder_;

    mutable std::mutex mutex_;  ///< guards what follows
    StageState state_;
    std::uint64_t ticket_ = 0;  ///< 0: nobody publishes
    std::uint64_t last_ticket_ = 0;
    std::array<Feed, layers> feeds_;
    base::TokenBucket budget_;
    base::Moment lost_at_{};
    std::optional<base::Moment> kept_out_until_;
    std::unordered_map<base::UserId, std::size_t> watching_;  ///< sockets of each
    std::size_t sockets_ = 0;
    std::uint64_t hearts_told_ = 0;
    base::Moment hearts_at_{};
    base::Moment told_at_{};
    bool is_dirty_ = false, viewers_moved_ = false;
    std::unique_ptr<Recording> recording_;
    struct PendingClip {
        base::UserId by;
        std::string the_case;
        base::Moment due;
    };
    std::optional<PendingClip> clip_;
};

}  // namespace soyuz::live
