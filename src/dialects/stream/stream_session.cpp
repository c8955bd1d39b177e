#include "dialects/stream/stream_session.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/workers.hpp"
#include "chat/rooms/rooms.hpp"
#include "dialects/stream/stream_events.hpp"
#include "dialects/stream/stream_gateway.hpp"
#include "net/loop.hpp"
#include "realtime/hub.hpp"

namespace soyuz::dialects::stream {

using base::Code;

namespace {

constexpr std::string_view put_out = "A moderator has put you out.";
constexpr std::uint16_t normal_closure = 1000, policy_violation = 1008, internal_error = 1011, try_again_later = 1013;
constexpr std::size_t most_waiting = 64;
constexpr float texts_per_second = 50, text_burst = 100;

}  // namespace

StreamSession::StreamSession(StreamGateway& gateway, std::optional<chat::Sessions::Identity> who, std::string address,
                             std::uint64_t number)
    : gateway_(gateway),
      who_(std::move(who)),
      address_(std::move(address)),
      number_(number),
      budget_(texts_per_second, text_burst, gateway.services().clock.moment()) {}

void StreamSession::opened(net::WebSocket& opened_socket) {
    socket_ = &opened_socket;
    loop_ = socket_->loop().index();
    if (!who_) return refuse(policy_violation, "The token is not good for this name.");
    if (gateway_.services().kicks.refusal_of(user()->id)) return refuse(normal_closure, put_out);
    is_in_ = gateway_.enter(*this, loop_);
    if (!is_in_) return refuse(try_again_later, "The server is full.");
    join();
}

void StreamSession::join() {
    auto const& services = gateway_.services();
    bool const is_queued = services.workers.submit(
        [&gateway = gateway_, &rooms = services.rooms, user = user(), loop = loop_, self = this, number = number_] {
            auto room = gateway.room();
            auto joined = room ? rooms.join(*user, (*room)->id) : base::Result<void>{room.error()};
            gateway.with(loop, self, number, [room, joined](StreamSession& session) {
                if (joined) return session.entered(*room);
                if (joined.error().code == Code::forbidden) return session.refuse(normal_closure, put_out);
                session.refuse(internal_error, "The live room can't be entered.");
            });
        });
    if (!is_queued) refuse(try_again_later, "The server is busy.");
}

void StreamSession::entered(chat::RoomPtr const& room) {
    room_ = room;
    auto const stage = gateway_.services().stages.of(*room);
    if (stage->watch(user()->id, live::Quality::sound)) stage_ = stage;
    for (auto const& message : std::exchange(waiting_, {})) run(message);
}

void StreamSession::refuse(std::uint16_t code, std::string_view reason) {
    if (socket_ != nullptr) socket_->close(code, reason);
}

void StreamSession::closed(std::uint16_t) {
    if (is_in_) gateway_.leave(*this, loop_);
    if (stage_) stage_->leave(user()->id);
    socket_ = nullptr;
}

void StreamSession::binary(std::string_view) { send_text(error("invalid_message", "Messages are JSON texts.")); }

void StreamSession::text(std::string_view message) {
    if (!is_in_) return;
    auto const& services = gateway_.services();
    if (gateway_.options().rate_limits && !budget_.take(services.clock.moment()))
        return send_text(error("rate_limited", "Too many messages. Wait a moment."));
    if (room_) return run(message);
    if (waiting_.size() < most_waiting) return waiting_.emplace_back(message), void();
    send_text(error("overloaded", "Too many messages wait."));
}

void StreamSession::run(std::string_view message) {
    auto const command = base::parse_json(message);
    if (!command || !command->is_object()) return send_text(error("invalid_message", "This is no JSON object."));
    base::Members const members{*command};
    auto const type = members.text("type");
    if (type == "chat") {
        if (members.find("message") == nullptr || !members.find("message")->is_string())
            return send_text(error("invalid_message", "A chat message has a text in `message`."));
        return post(members.text("message"));
    }
    if (type == "gift")
        return give(members.number("gift_id"), members.find("amount") == nullptr ? 1 : members.number("amount"));
    if (type == "ping") return send_text(R"({"type":"pong"})");
    send_text(error("unknown_type", "This type of message is not known."));
}

void StreamSession::post(std::string text) {
    auto const& services = gateway_.services();
    chat::Draft draft;
    draft.room = room_;
    draft.text = text;
    auto const done = [&gateway = gateway_, loop = loop_, self = this, number = number_, username = user()->username,
                       text = std::move(text)](base::Result<chat::MessagePtr> const& result,
                                               judge::Verdict const& verdict, chat::Settled) {
        if (result) return;  // everybody hears of it, the author too
        auto const& fault = result.error();
        std::string answer;
        if (fault.code == Code::message_blocked)
            answer = blocked(username, text, verdict, gateway.services().clock.now());
        else if (fault.code == Code::muted)
            answer = muted(fault);
        else
            answer = error(base::code_name(fault.code), fault.message);
        gateway.with(loop, self, number,
                     [frame = net::encode_text(answer)](StreamSession& session) { session.send(frame); });
    };
    services.messages.poster.post({user(), address_, gateway_.options().rate_limits}, std::move(draft), done);
}

void StreamSession::give(std::uint64_t id, std::uint64_t amount) {
    auto const bounded = [](std::uint64_t value) {
        return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, 0xFFFF'FFFF));
    };
    auto const given =
        gateway_.services().stages.give(*room_, user()->id, user()->username, bounded(id), bounded(amount));
    if (!given) send_text(error(base::code_name(given.error().code), given.error().message));
}

}  // namespace soyuz::dialects::stream
