#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "base/ids.hpp"

namespace soyuz::chat {
class Accounts;
class Rooms;
}  // namespace soyuz::chat
namespace soyuz::live {
class Pulses;
class Stages;
}  // namespace soyuz::live
namespace soyuz::net {
class Loop;
}

namespace soyuz::realtime {

class Hub;

/// Tells moderators who look at a live room, once a second, what has passed there. Its timer runs on one loop, which
/// alone touches it.
class PulseNews {
public:
    struct Services {
        Hub& hub;
        live::Stages& stages;
        live::Pulses& pulses;
        chat::Accounts const& accounts;
        chat::Rooms const& rooms;
    };
    PulseNews(Services services, net::Loop& loop) : services_(services), loop_(loop) {}

    void start() { tick_later(); }
    void stop() { is_over_->store(true); }

    /// What connections follow that want to hear of a room's pulse.
    static base::RoomId topic_of(base::RoomId const& room) { return base::RoomId{"pulse:" + room.value}; }

private:
    void tick_later();
    void tick();

    Services const services_;
    net::Loop& loop_;
    std::unordered_map<base::RoomId, std::uint64_t> told_;  ///< the newest entry that was told of
    std::shared_ptr<std::atomic<bool>> const is_over_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace soyuz::realtime
