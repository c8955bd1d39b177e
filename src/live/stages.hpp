#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/room.hpp"
#include "live/gifts/gifts.hpp"
#include "live/stage.hpp"
#include "live/stage_state.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::live {

class Audience;
class Pulses;
class Recorder;

using StagePtr = std::shared_ptr<Stage>;

/// The stages of all live rooms, the gifts given on them, and what goes on by itself. Thread-safe.
class Stages {
public:
    struct Options {
        Stage::Limits stage = {};
        std::chrono::seconds gift_interval{15};  ///< between random gifts; 0: none anywhere
        bool has_limits = true;
    };
    /// All of it outlives the stages; `recorder` may be null.
    Stages(store::Store& store, base::Clock const& clock, Audience& audience, Pulses& pulses, Recorder* recorder,
           Options options);
    ~Stages();

    /// The stage of a live room, made on first use.
    StagePtr of(chat::Room const& room);
    /// Null where nobody has asked for it yet.
    StagePtr find(base::RoomId const& room) const;
    std::vector<StagePtr> all() const;

    Gifts& gifts() { return gifts_; }
    Gifts const& gifts() const { return gifts_; }
    /// What passes in each room, for those who moderate it.
    Pulses& pulses() const { return pulses_; }
    Recorder* recorder() const { return recorder_; }
    /// Counts it on its stage as well.
    base::Result<Gift> give(chat::Room const& room, base::UserId const& from, std::string from_name, std::uint32_t id,
                            std::uint32_t amount);
    /// Counts of a room's stage begin anew.
    void reset(chat::Room const& room);

    /// Ends and forgets the stage of a room that is gone, with its recordings.
    void forget(base::RoomId const& room);

    /// Several times a second: see `Stage::tick`; random gifts; writes what has changed.
    void tick();

    struct Figures {
        std::size_t on_air = 0, viewers = 0;
        std::uint64_t gifts = 0, hearts = 0;
    };
    Figures figures() const;

private:
    StagePtr make(base::RoomId const& room, StageState const& stored);
    void give_at_random();
    void keep(Stage& stage);

    store::Store& store_;
    base::Clock const& clock_;
    Audience& audience_;
    Pulses& pulses_;
    Recorder* const recorder_;
    Options const options_;
    Gifts gifts_;
    mutable std::shared_mutex mutex_;  ///< guards `stages_`
    std::unordered_map<base::RoomId, StagePtr> stages_;
    base::Moment gifts_at_;
};

}  // namespace soyuz::live
