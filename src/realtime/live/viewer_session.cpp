#include "realtime/live/viewer_session.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "contract/live_shapes.hpp"
#include "realtime/hub.hpp"
#include "realtime/live/media_gateway.hpp"

namespace soyuz::realtime {

using live::Quality;

namespace {

// Two seconds of a good picture, and a fifth of that.
constexpr std::size_t too_much_unsent = std::size_t{256} << 10U;
constexpr std::size_t little_unsent = std::size_t{48} << 10U;
constexpr float texts_per_second = 10, text_burst = 30;
constexpr std::uint64_t most_hearts = 20;  // in one message
constexpr unsigned falls_to_low = 2, falls_to_sound = 4;
constexpr std::uint16_t session_ended = 4001, try_again_later = 1013;

}  // namespace

ViewerSession::ViewerSession(MediaGateway& gateway, chat::Sessions::Identity const& who, chat::RoomPtr room,
                             Quality quality)
    : gateway_(gateway),
      room_(std::move(room)),
      quality_(quality),
      budget_(texts_per_second, text_burst, gateway.services().clock.moment()) {
    user = who.user;
    session = who.session.id;
}

void ViewerSession::opened(net::WebSocket& opened_socket) {
    socket = &opened_socket;
    auto const& services = gateway_.services();
    if (!services.hub.add(*this)) return socket->close(session_ended, "session_ended");
    // First follow, then ask for the beginning: what comes out in between is known by its number.
    gateway_.shard_of(*this).add(room_->id, *this);
    gateway_.entered(room_->id, handle.loop);
    stage_ = gateway_.stages().of(*room_);
    auto const start = stage_->watch(user->id, quality_);
    is_watching_ = start.ok();
    if (!start) return socket->close(try_again_later, base::code_name(start.error().code));
    send(net::encode_text(
        contract::events::live(contract::stage_json(stage_->state(), services.accounts, services.rooms))));
    begin(*start);
}

void ViewerSession::begin(live::Feed::Start const& start) {
    layer_ = stage_->layer_of(quality_);
    bool const is_sound = quality_ == Quality::sound;
    auto const& init = is_sound ? start.init_sound : start.init;
    init_ = init ? net::encode_binary(*init) : nullptr;
    is_behind_ = false;
    waits_for_key_ = start.fragments.empty();
    next_ = start.next;
    if (start.fragments.empty()) return;
    // In one message: a player that gets a second at once catches up at once.
    std::string bytes;
    if (init) bytes = *init;
    init_ = nullptr;
    for (auto const& fragment : start.fragments)
        if (auto const& part = is_sound ? fragment.sound : fragment.whole) bytes += *part;
    send(net::encode_binary(bytes));
}

void ViewerSession::take(MediaPiece const& piece) {
    if (!is_watching_ || socket == nullptr || piece.layer != layer_ || piece.seq < next_) return;
    next_ = piece.seq + 1;
    bool const is_sound = quality_ == Quality::sound;
    if (auto const& init = is_sound ? piece.init_sound : piece.init) init_ = init;
    auto const& part = is_sound ? piece.sound : piece.whole;
    if (!part) return;
    auto const unsent = socket->unsent_bytes();
    if (!is_behind_ && unsent > too_much_unsent) fall_behind();
    if (is_behind_) {
        if (!piece.is_key || unsent > little_unsent) return gateway_.count_skipped();
        is_behind_ = false;
    }
    if (waits_for_key_ && !piece.is_key && !is_sound) return;
    waits_for_key_ = false;
    if (init_) send(std::exchange(init_, nullptr));
    send(part);
}

void ViewerSession::fall_behind() {
    is_behind_ = true;
    ++falls_;
    std::string_view offer;
    if (falls_ >= falls_to_low && quality_ == Quality::high) offer = live::name(Quality::low);
    if (falls_ >= falls_to_sound) offer = live::name(Quality::sound);
    send(net::encode_text(base::to_text({{"type", "behind"}, {"times", falls_}, {"offer", offer}})));
}

void ViewerSession::text(std::string_view message) {
    if (!is_watching_ || !budget_.take(gateway_.services().clock.moment())) return;
    auto const command = base::parse_json(message);
    if (!command) return;
    base::Members const members{*command};
    auto const type = members.text("type");
    if (type == "heart") return stage_->heart(std::clamp<std::uint64_t>(members.number("count"), 1, most_hearts));
    if (type != "quality") return;
    auto const wanted = live::parse_quality(members.text("quality"));
    if (!wanted) return;
    quality_ = *wanted;
    falls_ = 0;
    send(net::encode_text(base::to_text({{"type", "quality"}, {"quality", live::name(quality_)}})));
    begin(stage_->start(quality_));
}

void ViewerSession::closed(std::uint16_t) {
    if (socket == nullptr) return;
    if (is_watching_) stage_->leave(user->id);
    if (stage_) {
        gateway_.left(room_->id, handle.loop);
        gateway_.shard_of(*this).remove(room_->id, *this);
    }
    gateway_.services().hub.remove(*this);
    socket = nullptr;
}

}  // namespace soyuz::realtime
