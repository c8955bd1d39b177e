#include "dialects/session.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/workers.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/change_budget.hpp"
#include "dialects/commands.hpp"
#include "dialects/common_events.hpp"
#include "dialects/messenger_events.hpp"
#include "dialects/presence.hpp"
#include "dialects/recent_events.hpp"
#include "dialects/room_events.hpp"
#include "dialects/topics.hpp"

namespace soyuz::dialects {

using base::Code;
using base::Error;
using realtime::Dialect;
using Json = nlohmann::json;

namespace {

constexpr std::size_t max_waiting = 256;           // events while a worker does one
constexpr std::uint32_t max_refused = 1000;        // then it is no client but a flood
constexpr std::uint64_t most_on_their_way = 1000;  // events that other loops have had and this one hasn't
constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t session_ended = 4001;

/// Under these a client may say who it is. `receiver` and `user_id` name others in some events.
constexpr std::array<char const*, 4> sender_fields{"sender", "sender_username", "author", "username"};

bool names(Json const& value, chat::User const& user, chat::Accounts const& accounts) {
    if (value.is_null()) return true;
    if (!value.is_string()) return false;
    auto const& text = value.get_ref<std::string const&>();
    if (text.empty() || text == user.id.value) return true;
    auto const named = accounts.find_by_name(text);
    return named && named->id == user.id;
}

/// Does what was sent claim to come from somebody else?
bool claims_another(Json const& data, chat::User const& user, chat::Accounts const& accounts) {
    for (auto const* field : sender_fields) {
        auto const at = data.find(field);
        if (at != data.end() && !names(*at, user, accounts)) return true;
    }
    if (auto const at = data.find("sender_id"); at != data.end() && *at != user.id.value) return true;
    auto const message = data.find("message");
    return message != data.end() && message->is_object() && claims_another(*message, user, accounts);
}

}  // namespace

Session::Session(Gateway& gateway, chat::Sessions::Identity const& who, std::string address,
                 std::optional<Dialect> said, std::shared_ptr<void> place)
    : gateway_(gateway),
      address_(std::move(address)),
      place_(std::move(place)),
      dialect_is_open_(!said),
      budget_(gateway.options().commands_per_second, gateway.options().command_burst,
              gateway.services().clock.moment()),
      recovery_id_(base::random_id() + base::random_id()) {
    user = who.user;
    session = who.session.id;
    dialect = said.value_or(Dialect::channels);
}

void Session::connected(socketio::Socket& connection) {
    socket = &connection.session();
    if (!hub().add(*this)) return socket->close(session_ended, "session_ended");
    if (recovery_) return follow_again();
    follow_topics();
}

void Session::recover(std::string id, LeftConnection left, std::uint64_t number) {
    recovery_id_ = std::move(id);
    dialect = left.dialect;
    dialect_is_open_ = left.dialect_is_open;
    recovery_ = std::make_unique<Recovery>(Recovery{std::move(left), number});
}

bool Session::may_follow(base::RoomId const& room) const {
    if (room == topics::everybody() || room == topics::of_account(user->id)) return true;
    if (room == topics::moderators()) return user->role >= chat::Role::moderator;
    auto const found = services().rooms.find(room);
    return found && services().rooms.is_member(user->id, *found);
}

void Session::follow_again() {
    auto const recovery = std::move(recovery_);
    for (auto const& [in, id] : recovery->left.following) {
        if (!may_follow(id)) continue;
        auto const room = services().rooms.find(id);
        hub().follow(*this, id, room ? room->name : "", 0, in);
    }
    // What is published from now on comes as an event, and what is kept and on its way must not come twice.
    std::map<base::RoomId, base::Seq> newest;
    auto const from = recovery->number - std::min(recovery->number, most_on_their_way);
    services().events.each_after(from, [&](std::uint64_t number, realtime::Published const& event) {
        auto const* const audience = followed(event.room.value);
        if (audience == nullptr || audience->dialect != event.dialect) return;
        if (event.seq != 0) newest[event.room] = event.seq;
        if (number > recovery->number) send(event.frame);
    });
    if (dialect == Dialect::messenger)
        send_text(messenger_events::online_users(online_names(hub().online(), services().accounts)));
    auto& shard = hub().shard_of(*this);
    for (auto const& [room, seq] : newest) shard.release(*this, room, shard.hold(*this, room, seq), {}, nullptr);
}

void Session::follow_topics() {
    if (dialect == Dialect::room) return follow(*services().rooms.lobby(), Dialect::room);
    hub().follow(*this, topics::of_account(user->id), "", 0, dialect);
    hub().follow(*this, topics::everybody(), "", 0, dialect);
    if (dialect == Dialect::messenger)
        send_text(messenger_events::online_users(online_names(hub().online(), services().accounts)));
    bool const has_staff_topic = dialect == Dialect::channels || monitor::is_monitor(dialect);
    if (has_staff_topic && user->role >= chat::Role::moderator)
        hub().follow(*this, topics::moderators(), "", 0, dialect);
}

void Session::unfollow_all() {
    auto const all = following;
    for (auto const& each : all) hub().unfollow(*this, base::RoomId{each.audience->room});
}

void Session::become_room_client() {
    if (dialect_is_open_ && dialect != Dialect::room) {
        unfollow_all();
        dialect = Dialect::room;
    }
    dialect_is_open_ = false;
    follow(*services().rooms.lobby(), Dialect::room);
}

void Session::become_monitor_client() {
    if (dialect_is_open_ && !monitor::is_monitor(dialect)) {
        unfollow_all();
        dialect = Dialect::monitor;
        follow_topics();
    }
    dialect_is_open_ = false;
}

void Session::follow(chat::Room const& room, Dialect in) {
    auto const* const present = followed(room.id.value);
    if (present != nullptr && present->dialect == in) return;
    if (present != nullptr) hub().unfollow(*this, room.id);
    // What is being committed now comes as an event; nothing before it is asked for.
    hub().follow(*this, room, 0, in);
}

void Session::disconnected(std::string_view reason) {
    if (socket == nullptr) return;
    bool const was_in_room = dialect == Dialect::room;
    if (reason.starts_with("transport") || reason == "ping timeout") {
        LeftConnection left{user->id, dialect, dialect_is_open_, {}};
        for (auto const& each : following) {
            left.following.emplace_back(each.audience->dialect, each.audience->room);
            services().events.keep_for_return(each.audience->room, each.audience->dialect);
        }
        gateway_.left().put(recovery_id_, std::move(left));
    }
    hub().remove(*this);
    socket = nullptr;
    if (was_in_room && !hub().online().is_connected(user->id)) tell_room_of(*this, " has left.");
}

void Session::hear(realtime::AccountNews const& news) {
    using Kind = realtime::AccountNews::Kind;
    send_text(events::account_news(news));
    if (dialect == Dialect::room && (news.kind == Kind::notice || news.kind == Kind::help))
        send_text(room_events::notice(news.text, services().clock.now()));
    // Told so, a client doesn't come again by itself.
    if (news.kind == Kind::kicked || (news.kind == Kind::banned && !news.automatic)) send_text("41");
}

void Session::event(socketio::Event event) {
    if (!waiting_) return run(event);
    if (waiting_->size() < max_waiting)
        waiting_->push_back(std::move(event));
    else if (within_budget(event.ack))
        refuse(event.ack, {Code::overloaded, "Too many events wait on this connection."});
}

void Session::run(socketio::Event const& event) {
    if (!within_budget(event.ack)) return;
    static Json const nothing = Json::object();
    auto const& data = !event.arguments.empty() && event.arguments[0].is_object() ? event.arguments[0] : nothing;
    auto const* const command = find_command(dialect, event.name, data);
    if (command == nullptr) return refuse(event.ack, {Code::bad_request, "There is no event of that name and form."});
    if (claims_another(data, *user, services().accounts))
        return refuse(event.ack, {Code::forbidden, "The sender is not the account that signed in."});
    charge(command->more);
    if (command->is_change && !may_change(event.ack)) return;
    command->run(*this, data, event.ack);
}

void Session::charge(std::size_t events) { budget_.charge(static_cast<float>(events)); }

bool Session::may_change(Reply reply) {
    if (!options().rate_limits) return true;
    auto const error = services().changes.take(user->id);
    if (error) refuse(reply, *error);
    return !error;
}

bool Session::within_budget(Reply reply) {
    if (!options().rate_limits) return true;
    if (budget_.take(services().clock.moment())) {
        // A flood too gets an event through now and then: it is one as long as more are refused than run.
        if (refused_ > 0) --refused_;
        return true;
    }
    if (++refused_ > max_refused) {
        if (socket != nullptr) socket->close(policy_violation, "rate_limited");
    } else {
        refuse(reply, {Code::rate_limited, "Too many events. Wait a moment.", budget_.wait()});
    }
    return false;
}

void Session::succeed(Reply reply) {
    if (reply) send_text(events::ack(*reply));
}

void Session::refuse(Reply reply, Error const& error) {
    send_text(events::error(error));
    if (reply) send_text(events::ack(*reply, error));
}

void Session::as_member(chat::RoomPtr const& room, Reply reply, WithRoom then) {
    if (services().rooms.is_member(user->id, *room)) return then(*this, room);
    wait_for(
        reply,
        [&rooms = services().rooms, user = user, room]() -> base::Result<chat::RoomPtr> {
            if (auto const joined = rooms.join(*user, room->id); !joined) return joined.error();
            return room;
        },
        std::move(then));
}

void Session::in_direct_room(chat::UserPtr const& other, Reply reply, WithRoom then) {
    if (auto const room = services().rooms.find_direct(user->id, other->id)) return then(*this, room);
    if (!may_change(reply)) return;
    wait_for(
        reply, [&rooms = services().rooms, user = user, other] { return rooms.direct(*user, *other); },
        std::move(then));
}

void Session::wait_for(Reply reply, std::function<base::Result<chat::RoomPtr>()> work, WithRoom then) {
    auto job = [&hub = hub(), handle = handle, reply, work = std::move(work), then = std::move(then)] {
        auto const result = work();
        hub.with(handle, [reply, result, then](Connection& connection) {
            auto& session = static_cast<Session&>(connection);
            if (result)
                then(session, *result);
            else
                session.refuse(reply, result.error());
            session.resume();
        });
    };
    if (services().workers.submit(std::move(job)))
        waiting_ = std::make_unique<std::deque<socketio::Event>>();
    else
        refuse(reply, {Code::overloaded, "The server is busy. Try again.", std::chrono::seconds{1}});
}

void Session::resume() {
    auto const waited = std::move(waiting_);
    if (!waited) return;
    // One of them may have to wait again: those behind it queue up anew.
    for (auto& each : *waited) event(std::move(each));
}

}  // namespace soyuz::dialects
