#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/room.hpp"
#include "chat/sessions/sessions.hpp"
#include "live/audience.hpp"
#include "net/websocket.hpp"
#include "realtime/connection.hpp"
#include "realtime/live/media_shard.hpp"

namespace soyuz::net {
class Loop;
}
namespace soyuz::chat {
class Accounts;
class Rooms;
}  // namespace soyuz::chat
namespace soyuz::live {
class Stages;
}

namespace soyuz::realtime {

class Hub;

/// The sockets of live rooms, `/ws/live/{room}`: publishers send WebM, viewers get it in fragments (docs/live.md). Each
/// fragment is encoded once and goes to a loop in one post, however many watch there.
///
/// Thread-safe; each session lives on its loop.
class MediaGateway final : public live::Audience {
public:
    struct Services {
        Hub& hub;
        chat::Accounts const& accounts;
        chat::Rooms const& rooms;
        base::Clock const& clock;
    };
    MediaGateway(Services services, std::vector<net::Loop*> loops);

    /// Runs for each gift, beside the event. Set before the server starts.
    std::function<void(live::Gift const&)> on_gift;

    /// Before anybody may come: `stages` outlive the loops' threads. Has the first loop tick them from now on.
    void start(live::Stages& stages);
    /// Ticks no more.
    void stop() { is_over_->store(true); }

    /// The handler of somebody who goes live. Errors: forbidden where they don't lead the room.
    base::Result<net::WebSocketAccept> publish(chat::Sessions::Identity const& who, chat::RoomPtr const& room);
    /// The handler of somebody who watches in a quality. Errors: forbidden where they were put out of the room.
    base::Result<net::WebSocketAccept> watch(chat::Sessions::Identity const& who, chat::RoomPtr const& room,
                                             live::Quality quality);
    /// Closes the sockets of somebody who was put out of a room.
    void put_out(base::RoomId const& room, base::UserId const& viewer);

    void fragment(base::RoomId const& room, live::Layer layer, live::Fragment const& fragment) override;
    void stage_changed(live::StageState const& state) override;
    void hearts(base::RoomId const& room, std::uint64_t count, std::uint64_t total) override;
    void gift(live::Gift const& gift) override;
    void dismissed(base::RoomId const& room, std::uint64_t ticket, std::string_view why) override;

    // For sessions, on their loop.

    Services const& services() const { return services_; }
    live::Stages& stages() const { return *stages_; }
    MediaShard& shard_of(Connection const& connection) { return *shards_[connection.handle.loop]; }
    void entered(base::RoomId const& room, std::uint32_t loop);
    void left(base::RoomId const& room, std::uint32_t loop);
    void publishes(base::RoomId const& room, std::uint64_t ticket, Handle const& handle);
    void publishes_no_more(base::RoomId const& room, std::uint64_t ticket);

    struct Figures {
        std::uint64_t pieces = 0, skipped = 0;
    };
    Figures figures() const { return {pieces_.load(), skipped_.load()}; }
    void count_skipped() { skipped_.fetch_add(1, std::memory_order_relaxed); }

private:
    struct Publisher {
        std::uint64_t ticket = 0;
        Handle handle;
    };

    void tick_later();
    std::vector<bool> loops_of(base::RoomId const& room) const;
    void tell(base::RoomId const& room, std::string const& json, net::Importance importance);

    Services const services_;
    std::vector<net::Loop*> const loops_;
    std::vector<std::unique_ptr<MediaShard>> shards_;
    live::Stages* stages_ = nullptr;
    std::shared_ptr<std::atomic<bool>> const is_over_ = std::make_shared<std::atomic<bool>>(false);
    std::atomic<std::uint64_t> pieces_{0}, skipped_{0};

    mutable std::mutex mutex_;                                            ///< guards what follows
    std::unordered_map<base::RoomId, std::vector<std::size_t>> viewers_;  ///< on each loop
    std::unordered_map<base::RoomId, Publisher> publishers_;
};

}  // namespace soyuz::realtime
