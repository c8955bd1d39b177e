#include "realtime/native_session.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/change_budget.hpp"
#include "contract/events.hpp"
#include "contract/shapes.hpp"

namespace soyuz::realtime {

namespace events = contract::events;

namespace {

constexpr std::size_t max_waiting = 256;  // commands while the session becomes a member
constexpr std::size_t max_waiting_bytes = std::size_t{128} << 10U;
constexpr std::size_t max_missed_bytes = std::size_t{768} << 10U;  // a part of what an outbox holds
constexpr std::size_t missed_per_command = 50;                     // reading so many costs as much as a command
constexpr std::size_t large_command = std::size_t{4} << 10U;
constexpr std::uint32_t max_refused = 1000;  // beyond that it is a flood, not a client
constexpr std::size_t history_page = 200;    // what chat::Messages gives at once
constexpr std::uint16_t policy_violation = 1008;

/// A number that the client may use to tell answers apart, as it wrote it; "" where there is none.
std::string ref_of(nlohmann::json const& command) {
    if (!command.is_object()) return {};
    auto const ref = command.find("ref");
    return ref != command.end() && ref->is_number() ? ref->dump() : std::string{};
}

}  // namespace

NativeSession::NativeSession(NativeGateway& gateway, chat::Sessions::Identity const& who, std::string address)
    : gateway_(gateway),
      address_(std::move(address)),
      budget_(gateway.options().commands_per_second, gateway.options().command_burst,
              gateway.services().clock.moment()) {
    user = who.user;
    session = who.session.id;
}

void NativeSession::opened(net::WebSocket& opened_socket) {
    socket = &opened_socket;
    if (!hub().add(*this)) return socket->close(4001, "session_ended");

    auto& rooms = services().rooms;
    auto shown = rooms.of(user->id);
    std::erase_if(shown, [&](auto const& room) { return !rooms.shows(user->id, *room); });
    send_json(
        events::hello(*user, gateway_.options().version, services().clock.now(), shown, rooms, services().accounts));
    rooms.mark_all_delivered(*user);
}

void NativeSession::closed(std::uint16_t) {
    if (socket == nullptr) return;
    hub().remove(*this);
    socket = nullptr;
}

void NativeSession::binary(std::string_view) {
    if (within_budget("")) refuse("", {base::Code::wrong_type, "Commands are text frames."});
}

void NativeSession::text(std::string_view message) {
    if (!waiting_) return run(message);
    if (waiting_->size() < max_waiting && waiting_bytes_ + message.size() <= max_waiting_bytes) {
        waiting_bytes_ += message.size();
        waiting_->emplace_back(message);
    } else if (within_budget("")) {
        refuse("", {base::Code::overloaded, "Too many commands wait on this connection."});
    }
}

void NativeSession::run(std::string_view message) {
    // Over budget: a large command is not parsed.
    if (message.size() > large_command && !has_budget()) return void(within_budget(""));
    if (auto post = read_post_command(message)) {
        if (within_budget(post->ref)) run_post_command(*this, std::move(*post));
        return;
    }
    auto const command = base::parse_json(message);
    if (!command) {
        if (within_budget("")) refuse("", command.error());
        return;
    }
    auto const ref = ref_of(*command);
    if (within_budget(ref)) run_native_command(*this, *command, ref);
}

void NativeSession::charge(std::size_t commands) { budget_.charge(static_cast<float>(commands)); }

bool NativeSession::may_change(std::string_view ref) {
    if (!gateway_.options().rate_limits) return true;
    auto const error = services().changes.take(user->id);
    if (error) refuse(ref, *error);
    return !error;
}

bool NativeSession::has_budget() {
    return !gateway_.options().rate_limits || budget_.has_room(services().clock.moment());
}

bool NativeSession::within_budget(std::string_view ref) {
    if (!gateway_.options().rate_limits) return true;
    if (budget_.take(services().clock.moment())) {
        // A flood too gets a command through now and then: it is one as long as more are refused than run.
        if (refused_ > 0) --refused_;
        return true;
    }
    if (++refused_ > max_refused) {
        socket->close(policy_violation, "rate_limited");
    } else {
        refuse(ref, {base::Code::rate_limited, "Too many commands. Wait a moment.", budget_.wait()});
    }
    return false;
}

void NativeSession::acknowledge(std::string_view ref) { send_json(events::ack(ref)); }

void NativeSession::refuse(std::string_view ref, base::Error const& error) { send_json(events::error(ref, error)); }

void NativeSession::join(std::string_view name, std::optional<base::Seq> after, std::string const& ref) {
    auto const room = services().rooms.find_for(*user, name);
    if (!room) return refuse(ref, {base::Code::unknown_room, "There is no such room."});
    if (services().rooms.is_member(user->id, *room)) return join_as_member(room, after, ref);
    become_member(room, after, ref);
}

void NativeSession::become_member(chat::RoomPtr const& room, std::optional<base::Seq> after, std::string const& ref) {
    bool const submitted = services().workers.submit(
        [&rooms = services().rooms, &hub = hub(), handle = handle, user = user, room, after, ref] {
            auto const result = rooms.join(*user, room->id);
            hub.with(handle, [room, after, ref, result](Connection& connection) {
                auto& session = static_cast<NativeSession&>(connection);
                if (result)
                    session.join_as_member(room, after, ref);
                else
                    session.refuse(ref, result.error());
                session.resume();
            });
        });
    if (submitted)
        waiting_ = std::make_unique<std::deque<std::string>>();
    else
        refuse(ref, {base::Code::overloaded, "The server is busy. Try again.", std::chrono::seconds{1}});
}

void NativeSession::resume() {
    auto const waited = std::move(waiting_);
    waiting_bytes_ = 0;
    if (!waited) return;
    // One of them may have to wait again: those behind it are queued again.
    for (auto const& message : *waited) text(message);
}

void NativeSession::join_as_member(chat::RoomPtr const& room, std::optional<base::Seq> after, std::string const& ref) {
    auto& shard = hub().shard_of(*this);
    // First follow, then look at the newest place: what is committed in between comes as an event or counts as missed.
    bool const is_new = hub().follow(*this, *room, 0);
    auto const last = services().rooms.last_seq(room->id);
    if (!after || *after >= last) {
        if (is_new || after) {
            auto const ticket = shard.hold(*this, room->id, last);
            shard.release(*this, room->id, ticket, {}, nullptr);
        }
        return send_json(joined(*room, ref));
    }
    if (last - *after <= gateway_.options().max_missed) return catch_up(room, *after, last, ref);
    auto const ticket = shard.hold(*this, room->id, last);
    send_json(events::resync(room->name));
    shard.release(*this, room->id, ticket, {}, net::encode_text(joined(*room, ref)));
}

std::string NativeSession::joined(chat::Room const& room, std::string_view ref) {
    auto const json = contract::room_json(services().rooms, services().accounts, room, *user);
    return events::ack_joined(ref, json, services().news.online_in(room));
}

void NativeSession::catch_up(chat::RoomPtr const& room, base::Seq after, base::Seq last, std::string const& ref) {
    charge(static_cast<std::size_t>(last - after) / missed_per_command);
    auto const ticket = hub().shard_of(*this).hold(*this, room->id, after);
    auto const read = [&messages = services().messages, &accounts = services().accounts, &hub = hub(), handle = handle,
                       user = user, room, after, last, ref, ticket] {
        Missed missed;
        bool complete = true;
        std::size_t bytes = 0;
        for (auto seq = after; complete && seq < last;) {
            auto const page = messages.history.after(*user, room->id, seq, history_page);
            if (!page) complete = false;
            if (!page || page->messages.empty()) break;
            for (auto const& message : page->messages) {
                missed.emplace_back(message->id.seq, net::encode_text(events::message(*message, accounts)));
                bytes += missed.back().second->size();
            }
            seq = page->messages.back()->id.seq;
            complete = bytes <= max_missed_bytes;
        }
        if (bytes > max_missed_bytes) missed.clear();
        hub.with(handle, [room, missed = std::move(missed), ref, ticket, complete](Connection& connection) {
            static_cast<NativeSession&>(connection).caught_up(*room, ticket, missed, complete, ref);
        });
    };
    if (services().workers.submit(read)) return;
    caught_up(*room, ticket, {}, false, ref);
}

void NativeSession::caught_up(chat::Room const& room, std::uint64_t ticket, Missed const& missed, bool complete,
                              std::string const& ref) {
    auto const answer = joined(room, ref);
    // What the outbox can't take at once would close the connection, and again whenever it comes back.
    auto bytes = socket->unsent_bytes();
    for (auto const& [seq, frame] : missed) bytes += frame->size();
    bool const fits = bytes <= max_missed_bytes;
    auto const released =
        hub().shard_of(*this).release(*this, room.id, ticket, fits ? missed : Missed{}, net::encode_text(answer));
    if (!released.done) {
        // Left, or joined once more, while history was read: a command is answered all the same.
        if (followed(room.id.value) != nullptr) return send_json(answer);
        return refuse(ref, {base::Code::not_a_member, "The room was left meanwhile."});
    }
    if (released.overflowed || !complete || !fits) send_json(events::resync(room.name));
}

}  // namespace soyuz::realtime
