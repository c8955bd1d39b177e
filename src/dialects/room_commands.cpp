#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "dialects/commands.hpp"
#include "dialects/fields.hpp"
#include "dialects/posting.hpp"
#include "dialects/presence.hpp"
#include "dialects/room_events.hpp"
#include "realtime/room_news.hpp"

namespace soyuz::dialects {

using Json = nlohmann::json;

namespace {

void join(Session& session, Json const&, Reply reply) {
    session.become_room_client();
    session.send_text(room_events::online_users(session.hub().online().connected_count()));
    tell_room_of(session, " has joined.");
    session.succeed(reply);
}

void message(Session& session, Json const& data, Reply reply) {
    auto text = text_of(data, "msg");
    if (!text) return session.refuse(reply, text.error());
    post(session, {session.services().rooms.lobby(), std::move(*text), 0, "", {}}, reply, AuthorHears::errors);
}

void typing(Session& session, Json const& data, Reply reply) {
    auto const on = truth_or_true(data, "is_typing");
    if (!on) return session.refuse(reply, on.error());
    auto const sanction = *on ? session.services().messages.sanction_of(*session.user) : std::nullopt;
    if (sanction) return session.refuse(reply, *sanction);
    session.services().news.typing(session.services().rooms.lobby()->id, session.user->username, *on);
    session.succeed(reply);
}

constexpr std::array<Command, 3> commands{{
    {"join", "username", join, 1, true},
    {"message", "", message},
    {"typing", "", typing, 0, true},
}};

}  // namespace

std::span<Command const> room_commands() { return commands; }

}  // namespace soyuz::dialects
