#include "realtime/live/publisher_session.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "contract/live_shapes.hpp"
#include "realtime/hub.hpp"
#include "realtime/live/media_gateway.hpp"

namespace soyuz::realtime {

using base::Json;

namespace {

// Close codes of our own (RFC 6455, 7.4.2): whoever gets one of these needn't come back.
constexpr std::uint16_t session_ended = 4001, not_allowed = 4403, taken = 4409, unreadable = 4415, too_much = 4429;
constexpr std::uint16_t over = 4410;

std::uint16_t close_code_of(base::Code code) {
    switch (code) {
        case base::Code::conflict: return taken;
        case base::Code::rate_limited: return too_much;
        case base::Code::forbidden: return not_allowed;
        default: return unreadable;
    }
}

}  // namespace

PublisherSession::PublisherSession(MediaGateway& gateway, chat::Sessions::Identity const& who, chat::RoomPtr room)
    : gateway_(gateway), room_(std::move(room)) {
    user = who.user;
    session = who.session.id;
}

void PublisherSession::opened(net::WebSocket& opened_socket) {
    socket = &opened_socket;
    if (!gateway_.services().hub.add(*this)) return socket->close(session_ended, "session_ended");
    stage_ = gateway_.stages().of(*room_);
    auto const ticket = stage_->go_live(user->id);
    if (!ticket) return refuse(ticket.error(), close_code_of(ticket.error().code));
    ticket_ = *ticket;
    gateway_.publishes(room_->id, ticket_, handle);
    auto const& services = gateway_.services();
    send(net::encode_text(base::to_text(
        {{"type", "ready"}, {"stage", contract::stage_json(stage_->state(), services.accounts, services.rooms)}})));
}

void PublisherSession::text(std::string_view message) {
    auto const command = base::parse_json(message);
    if (!command || ticket_ == 0) return;
    if (base::Members{*command}.text("type") != "end") return;
    // Ended by somebody else at the same moment is ended, too.
    (void)stage_->end("host");
}

void PublisherSession::binary(std::string_view message) {
    if (ticket_ == 0 || message.empty()) return;
    auto const layer = static_cast<std::uint8_t>(message[0]);
    if (layer >= live::layers)
        return refuse({base::Code::bad_request, "A slice begins with the number of its layer."}, unreadable);
    auto const done = stage_->feed(ticket_, static_cast<live::Layer>(layer), message.substr(1));
    if (!done) refuse(done.error(), close_code_of(done.error().code));
}

void PublisherSession::closed(std::uint16_t) {
    if (socket == nullptr) return;
    if (ticket_ != 0) {
        gateway_.publishes_no_more(room_->id, ticket_);
        stage_->lose(std::exchange(ticket_, 0));
    }
    gateway_.services().hub.remove(*this);
    socket = nullptr;
}

void PublisherSession::dismiss(std::string_view why) {
    ticket_ = 0;
    if (socket != nullptr) socket->close(over, why);
}

void PublisherSession::refuse(base::Error const& error, std::uint16_t code) {
    send(net::encode_text(
        base::to_text({{"type", "error"}, {"code", base::code_name(error.code)}, {"message", error.message}})));
    socket->close(code, base::code_name(error.code));
}

}  // namespace soyuz::realtime
