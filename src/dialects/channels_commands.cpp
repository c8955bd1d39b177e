#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "dialects/channels_events.hpp"
#include "dialects/commands.hpp"
#include "dialects/fields.hpp"
#include "dialects/posting.hpp"
#include "dialects/presence.hpp"
#include "dialects/topics.hpp"
#include "realtime/room_news.hpp"

namespace soyuz::dialects {

using base::Code;
using base::Error;
using base::Result;
using realtime::Dialect;
using Json = nlohmann::json;

namespace {

constexpr std::size_t longest_client_id = 64;

/// A channel as the client named it.
struct Channel {
    chat::RoomPtr room;
    std::string named;
    Dialect dialect() const { return named == room->id.value ? Dialect::channels_by_id : Dialect::channels; }
};

Result<Channel> channel_of(Session& session, Json const& data) {
    auto named = id_of(data, "channel_id");
    if (!named) return named.error();
    auto room = session.services().rooms.find_for(*session.user, *named);
    if (!room) return Error{Code::unknown_room, "There is no such channel."};
    return Channel{std::move(room), std::move(*named)};
}

/// Another account, by its id or its name.
Result<chat::UserPtr> other_of(Session& session, Json const& data, char const* field) {
    auto const named = id_of(data, field);
    if (!named) return named.error();
    auto const& accounts = session.services().accounts;
    auto user = accounts.find(base::UserId{*named});
    if (!user || user->deleted) user = accounts.find_by_name(*named);
    if (!user) return Error{Code::not_found, "There is no such user."};
    if (user->id == session.user->id) return Error{Code::bad_request, "That is you."};
    return user;
}

void tell_members(Session& session, Channel const& channel, channels_events::Step step) {
    auto& hub = session.hub();
    auto const& room = *channel.room;
    for (auto const dialect : {Dialect::channels, Dialect::channels_by_id}) {
        if (!hub.is_followed(room.id, dialect)) continue;
        auto const& named = dialect == Dialect::channels ? room.name : room.id.value;
        session.services().events.publish_news(room.id, channels_events::status(*session.user, named, step), dialect);
    }
    hub.flush();
}

void join_channel(Session& session, Json const& data, Reply reply) {
    auto const channel = channel_of(session, data);
    if (!channel) return session.refuse(reply, channel.error());
    session.as_member(channel->room, reply, [channel = *channel, reply](Session& member, chat::RoomPtr const& room) {
        member.follow(*room, channel.dialect());
        tell_members(member, channel, channels_events::Step::join);
        member.succeed(reply);
    });
}

void leave_channel(Session& session, Json const& data, Reply reply) {
    auto const channel = channel_of(session, data);
    if (!channel) return session.refuse(reply, channel.error());
    if (!session.hub().unfollow(session, channel->room->id))
        return session.refuse(reply, {Code::not_a_member, "Join the channel first."});
    session.send_text(channels_events::status(*session.user, channel->named, channels_events::Step::leave));
    tell_members(session, *channel, channels_events::Step::leave);
    session.succeed(reply);
}

void typing(Session& session, Json const& data, Reply reply) {
    auto const channel = channel_of(session, data);
    if (!channel) return session.refuse(reply, channel.error());
    auto const on = truth_or_true(data, "is_typing");
    if (!on) return session.refuse(reply, on.error());
    if (session.followed(channel->room->id.value) == nullptr)
        return session.refuse(reply, {Code::not_a_member, "Join the channel first."});
    auto const sanction = *on ? session.services().messages.sanction_of(*session.user) : std::nullopt;
    if (sanction) return session.refuse(reply, *sanction);
    session.services().news.typing(channel->room->id, session.user->username, *on);
    session.succeed(reply);
}

/// Ids of the client's own are only given back; ours name the message. What can't be given back is left out.
std::string client_id_of(Json const& message) {
    auto id = optional_id_of(message, "client_id");
    if (id.empty()) id = optional_id_of(message, "id");
    bool const is_printable = std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
    return is_printable && id.size() <= longest_client_id ? id : std::string{};
}

void new_message(Session& session, Json const& data, Reply reply) {
    auto channel = channel_of(session, data);
    if (!channel) return session.refuse(reply, channel.error());
    auto const nested = data.find("message");
    auto const& message = nested != data.end() && nested->is_object() ? *nested : data;
    auto text = text_of(message, "content");
    if (!text) return session.refuse(reply, text.error());
    chat::Draft draft{std::move(channel->room), std::move(*text), 0, client_id_of(message), {}};
    draft.client_id_is_for_show = true;
    post(session, std::move(draft), reply, AuthorHears::moderation);
}

void send_direct_message(Session& session, Json const& data, Reply reply) {
    auto const other = other_of(session, data, "receiver_id");
    if (!other) return session.refuse(reply, other.error());
    auto text = text_of(data, "content");
    if (!text) return session.refuse(reply, text.error());
    session.in_direct_room(*other, reply,
                           [text = std::move(*text), reply, receiver = (*other)->id, client_id = client_id_of(data)](
                               Session& member, chat::RoomPtr const& room) {
                               chat::Draft draft{room, text, 0, client_id, {}};
                               draft.client_id_is_for_show = true;
                               post(member, std::move(draft), reply, AuthorHears::moderation, receiver);
                           });
}

/// Direct messages come to all connections of an account: there is nothing to join.
void join_dm(Session& session, Json const& data, Reply reply) {
    auto const other = other_of(session, data, "user_id");
    if (!other) return session.refuse(reply, other.error());
    session.succeed(reply);
}

void typing_dm(Session& session, Json const& data, Reply reply) {
    auto const other = other_of(session, data, "user_id");
    if (!other) return session.refuse(reply, other.error());
    auto const on = truth_or_true(data, "is_typing");
    if (!on) return session.refuse(reply, on.error());
    auto const sanction = *on ? session.services().messages.sanction_of(*session.user) : std::nullopt;
    if (sanction) return session.refuse(reply, *sanction);
    tell_of_typing(session, **other, *on);
    session.succeed(reply);
}

void heartbeat(Session& session, Json const&, Reply reply) {
    session.send_text(channels_events::heartbeat_ack(session.services().clock.now()));
    session.succeed(reply);
}

constexpr std::array<Command, 9> commands{{
    {"join_channel", "", join_channel, 1, true},
    {"leave_channel", "", leave_channel, 0, true},
    {"typing", "channel_id", typing, 0, true},
    {"new_message", "", new_message},
    {"send_direct_message", "", send_direct_message},
    {"join_dm", "", join_dm},
    {"leave_dm", "", join_dm},
    {"typing_dm", "", typing_dm, 0, true},
    {"heartbeat", "", heartbeat},
}};

}  // namespace

std::span<Command const> channels_commands() { return commands; }

}  // namespace soyuz::dialects
