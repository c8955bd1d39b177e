#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/workers.hpp"
#include "chat/accounts/accounts.hpp"
#include "dialects/commands.hpp"
#include "dialects/fields.hpp"
#include "dialects/monitor/monitor_events.hpp"
#include "dialects/monitor/monitor_shapes.hpp"
#include "dialects/posting.hpp"
#include "dialects/presence.hpp"
#include "watch/watch.hpp"

namespace soyuz::dialects {

using base::Code;
using base::Error;
using base::Result;
using Json = nlohmann::json;

namespace {

constexpr std::string_view of_user = "user_", of_role = "role_", of_stream = "stream_";

Error no_such_room() { return {Code::unknown_room, "There is no such room, or it is not yours."}; }

/// One's own rooms: what is told there comes to all connections of the account anyway, as long as it is theirs.
bool is_own(Session& session, std::string_view room) {
    auto const& user = *session.user;
    if (room.starts_with(of_user)) {
        auto const named = room.substr(of_user.size());
        return named == user.id.value || named == user.username;
    }
    if (room.starts_with(of_role)) return room.substr(of_role.size()) == chat::name(user.role);
    if (!room.starts_with(of_stream)) return false;
    auto const stream = room.substr(of_stream.size());
    auto const& watch = session.services().watch;
    return watch.streams.find(stream) && watch.may_see(user, stream);
}

void join(Session& session, Json const& data, Reply reply) {
    auto const room = text_of(data, "room");
    if (!room) return session.refuse(reply, room.error());
    session.become_monitor_client();
    if (!is_own(session, *room)) return session.refuse(reply, no_such_room());
    session.send_text(monitor::events::room("room_joined", *room));
    session.succeed(reply);
}

void leave(Session& session, Json const& data, Reply reply) {
    auto const room = text_of(data, "room");
    if (!room) return session.refuse(reply, room.error());
    if (!is_own(session, *room)) return session.refuse(reply, no_such_room());
    session.send_text(monitor::events::room("room_left", *room));
    session.succeed(reply);
}

void subscribe(Session& session, Json const& data, Reply reply) {
    auto const stream = id_of(data, "stream_id");
    if (!stream) return session.refuse(reply, stream.error());
    session.become_monitor_client();
    auto const& watch = session.services().watch;
    if (!watch.streams.find(*stream) || !watch.may_see(*session.user, *stream))
        return session.refuse(reply, {Code::not_found, "There is no such stream."});
    session.send_text(monitor::events::any(
        "subscription_success", {{"stream_id", *stream}, {"message", "You hear of this stream from now on."}}));
    session.succeed(reply);
}

void unread(Session& session, Json const&, Reply reply) {
    session.become_monitor_client();
    // Thousands of them are looked through: not on the loop.
    auto work = [&services = session.services(), handle = session.handle, user = session.user, reply] {
        auto const page = services.watch.notifications.list(*user, {.is_read = false, .per_page = 200});
        auto items = Json::array();
        for (auto const& each : page.items)
            items.push_back(monitor::notification_json(*each, user->id, services.watch, services.accounts));
        auto const text =
            monitor::events::any("unread_notifications", {{"notifications", std::move(items)}, {"count", page.total}});
        services.hub.with(handle, [text, reply](realtime::Connection& connection) {
            auto& asked = static_cast<Session&>(connection);
            asked.send_text(text);
            asked.succeed(reply);
        });
    };
    if (!session.services().workers.submit(std::move(work)))
        session.refuse(reply, {Code::overloaded, "The server is busy. Try again.", std::chrono::seconds{1}});
}

Result<chat::UserPtr> receiver_of(Session& session, Json const& data) {
    auto const& accounts = session.services().accounts;
    auto named = optional_id_of(data, "receiver_username");
    if (named.empty()) named = optional_id_of(data, "receiver_id");
    auto user = accounts.find_by_name(named);
    if (!user) user = accounts.find(base::UserId{named});
    if (!user || user->deleted) return Error{Code::not_found, "There is no such user."};
    if (user->id == session.user->id) return Error{Code::bad_request, "That is you."};
    return user;
}

void message(Session& session, Json const& data, Reply reply) {
    auto const receiver = receiver_of(session, data);
    if (!receiver) return session.refuse(reply, receiver.error());
    auto text = text_of(data, "message");
    if (!text) return session.refuse(reply, text.error());
    session.in_direct_room(*receiver, reply,
                           [text = std::move(*text), reply](Session& member, chat::RoomPtr const& room) {
                               post(member, {room, text, 0, "", {}}, reply, AuthorHears::errors);
                           });
}

void typing(Session& session, Json const& data, Reply reply) {
    auto const receiver = receiver_of(session, data);
    if (!receiver) return session.refuse(reply, receiver.error());
    auto const on = truth_or_true(data, "typing");
    if (!on) return session.refuse(reply, on.error());
    auto const sanction = *on ? session.services().messages.sanction_of(*session.user) : std::nullopt;
    if (sanction) return session.refuse(reply, *sanction);
    tell_of_typing(session, **receiver, *on);
    session.succeed(reply);
}

constexpr std::array<Command, 9> commands{{
    {"join", "room", join},
    {"leave", "room", leave},
    {"subscribe_to_stream", "", subscribe},
    {"get_unread_notifications", "", unread, 5},
    {"send_message", "receiver_username", message},
    {"message", "receiver_username", message},
    {"message", "receiver_id", message},
    {"message", "", message},
    {"typing", "receiver_username", typing, 0, true},
}};

}  // namespace

std::span<Command const> monitor_commands() { return commands; }

}  // namespace soyuz::dialects
