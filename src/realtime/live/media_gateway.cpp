#include "realtime/live/media_gateway.hpp"

#include <chrono>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/live_shapes.hpp"
#include "live/stages.hpp"
#include "net/loop.hpp"
#include "realtime/hub.hpp"
#include "realtime/live/publisher_session.hpp"
#include "realtime/live/viewer_session.hpp"

namespace soyuz::realtime {

namespace events = contract::events;
using base::Code;
using base::Error;

namespace {

constexpr std::chrono::milliseconds tick_interval{50};

net::SharedFrame binary(live::Bytes const& bytes) { return bytes ? net::encode_binary(*bytes) : nullptr; }

net::WebSocketLimits limits_of(std::size_t message_bytes, std::size_t outbox_bytes) {
    net::WebSocketLimits limits;
    limits.message_bytes = message_bytes;
    limits.outbox_bytes = outbox_bytes;
    // Pictures are as small as they get.
    limits.compress_from = std::numeric_limits<std::size_t>::max();
    return limits;
}

}  // namespace

MediaGateway::MediaGateway(Services services, std::vector<net::Loop*> loops)
    : services_(services), loops_(std::move(loops)) {
    for (std::size_t i = 0; i < loops_.size(); ++i) shards_.push_back(std::make_unique<MediaShard>());
}

void MediaGateway::start(live::Stages& stages) {
    stages_ = &stages;
    tick_later();
}

void MediaGateway::tick_later() {
    loops_.front()->after(tick_interval, [this, is_over = is_over_] {
        if (*is_over) return;
        stages_->tick();
        tick_later();
    });
}

base::Result<net::WebSocketAccept> MediaGateway::publish(chat::Sessions::Identity const& who,
                                                         chat::RoomPtr const& room) {
    if (!services_.rooms.may_manage(*who.user, *room))
        return Error{Code::forbidden, "Only the room's host and moderators go live here."};
    return net::WebSocketAccept{std::make_unique<PublisherSession>(*this, who, room),
                                limits_of(PublisherSession::most_bytes, std::size_t{1} << 20U), ""};
}

base::Result<net::WebSocketAccept> MediaGateway::watch(chat::Sessions::Identity const& who, chat::RoomPtr const& room,
                                                       live::Quality quality) {
    if (room->has_expelled(who.user->id)) return Error{Code::forbidden, "You were put out of this room."};
    return net::WebSocketAccept{std::make_unique<ViewerSession>(*this, who, room, quality),
                                limits_of(std::size_t{4} << 10U, ViewerSession::most_unsent), ""};
}

void MediaGateway::put_out(base::RoomId const& room, base::UserId const& viewer) {
    for (std::size_t i = 0; i < loops_.size(); ++i)
        loops_[i]->post([&shard = *shards_[i], room, viewer] { shard.put_out(room, viewer); });
}

std::vector<bool> MediaGateway::loops_of(base::RoomId const& room) const {
    std::vector<bool> found(loops_.size(), false);
    std::lock_guard const lock{mutex_};
    auto const counts = viewers_.find(room);
    if (counts == viewers_.end()) return found;
    for (std::size_t i = 0; i < found.size(); ++i) found[i] = counts->second[i] > 0;
    return found;
}

void MediaGateway::fragment(base::RoomId const& room, live::Layer layer, live::Fragment const& fragment) {
    auto const loops = loops_of(room);
    std::shared_ptr<MediaPiece const> piece;
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        if (!loops[i]) continue;
        if (!piece) {
            piece = std::make_shared<MediaPiece const>(MediaPiece{layer, fragment.seq, fragment.is_key,
                                                                  binary(fragment.init), binary(fragment.init_sound),
                                                                  binary(fragment.whole), binary(fragment.sound)});
            pieces_.fetch_add(1, std::memory_order_relaxed);
        }
        loops_[i]->post([&shard = *shards_[i], room, piece] { shard.deliver(room, *piece); });
    }
}

void MediaGateway::tell(base::RoomId const& room, std::string const& json, net::Importance importance) {
    if (services_.hub.is_followed(room)) {
        services_.hub.publish(room, json, 0, importance);
        services_.hub.flush();
    }
    auto const loops = loops_of(room);
    net::SharedFrame frame;
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        if (!loops[i]) continue;
        if (!frame) frame = net::encode_text(json);
        loops_[i]->post([&shard = *shards_[i], room, frame, importance] { shard.tell(room, frame, importance); });
    }
}

void MediaGateway::stage_changed(live::StageState const& state) {
    auto const stage = contract::stage_json(state, services_.accounts, services_.rooms);
    tell(state.room, events::live(stage), net::Importance::needed);
}

void MediaGateway::hearts(base::RoomId const& room, std::uint64_t count, std::uint64_t total) {
    auto const found = services_.rooms.find(room);
    if (found) tell(room, events::hearts(found->name, count, total), net::Importance::droppable);
}

void MediaGateway::gift(live::Gift const& gift) {
    if (on_gift) on_gift(gift);
    auto const found = services_.rooms.find(gift.room);
    if (found) tell(gift.room, events::gift(found->name, gift), net::Importance::needed);
}

void MediaGateway::dismissed(base::RoomId const& room, std::uint64_t ticket, std::string_view why) {
    Handle handle;
    {
        std::lock_guard const lock{mutex_};
        auto const found = publishers_.find(room);
        if (found == publishers_.end() || found->second.ticket != ticket) return;
        handle = found->second.handle;
        publishers_.erase(found);
    }
    services_.hub.with(handle, [why = std::string{why}](Connection& connection) {
        static_cast<PublisherSession&>(connection).dismiss(why);
    });
}

void MediaGateway::entered(base::RoomId const& room, std::uint32_t loop) {
    std::lock_guard const lock{mutex_};
    auto& counts = viewers_[room];
    counts.resize(loops_.size());
    ++counts[loop];
}

void MediaGateway::left(base::RoomId const& room, std::uint32_t loop) {
    std::lock_guard const lock{mutex_};
    auto const found = viewers_.find(room);
    if (found == viewers_.end()) return;
    --found->second[loop];
    for (auto const count : found->second)
        if (count > 0) return;
    viewers_.erase(found);
}

void MediaGateway::publishes(base::RoomId const& room, std::uint64_t ticket, Handle const& handle) {
    std::lock_guard const lock{mutex_};
    publishers_[room] = {ticket, handle};
}

void MediaGateway::publishes_no_more(base::RoomId const& room, std::uint64_t ticket) {
    std::lock_guard const lock{mutex_};
    auto const found = publishers_.find(room);
    if (found != publishers_.end() && found->second.ticket == ticket) publishers_.erase(found);
}

}  // namespace soyuz::realtime
