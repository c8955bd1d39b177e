#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "contract/events.hpp"
#include "moderation/cases/case.hpp"
#include "realtime/live/pulse_news.hpp"
#include "realtime/native_session.hpp"

namespace soyuz::realtime {

namespace events = contract::events;

namespace {

using base::Code;
using base::Error;
using base::Result;
using Json = nlohmann::json;

Error wrong_kind(char const* field, char const* kind) {
    return {Code::bad_request, std::string{"`"} + field + "` must be " + kind + "."};
}

Result<std::string> text_of(Json const& command, char const* field) {
    auto const at = command.find(field);
    if (at == command.end() || !at->is_string()) return wrong_kind(field, "a string");
    return at->get<std::string>();
}

Result<std::string> optional_text_of(Json const& command, char const* field) {
    auto const at = command.find(field);
    if (at == command.end() || at->is_null()) return std::string{};
    return text_of(command, field);
}

Result<bool> truth_of(Json const& command, char const* field) {
    auto const at = command.find(field);
    if (at == command.end() || !at->is_boolean()) return wrong_kind(field, "true or false");
    return at->get<bool>();
}

/// A place in a room; none where the field is absent.
Result<std::optional<base::Seq>> seq_of(Json const& command, char const* field) {
    auto const at = command.find(field);
    if (at == command.end() || at->is_null()) return std::optional<base::Seq>{};
    if (!at->is_number_unsigned()) return wrong_kind(field, "a whole number");
    return std::optional{at->get<base::Seq>()};
}

Result<base::MessageId> message_id_of(Json const& command, char const* field) {
    auto const text = text_of(command, field);
    if (!text) return text.error();
    auto const id = base::parse_message_id(*text);
    if (!id) return Error{Code::not_found, "There is no such message."};
    return *id;
}

/// The place of the message that is answered: as a place, or as the id of a message of the same room.
Result<base::Seq> reply_of(Json const& command, base::RoomId const& room) {
    auto const at = command.find("reply_to");
    if (at == command.end() || at->is_null()) return base::Seq{0};
    if (at->is_number_unsigned()) return at->get<base::Seq>();
    auto const id = message_id_of(command, "reply_to");
    if (!id) return wrong_kind("reply_to", "the place or id of a message");
    if (id->room != room) return Error{Code::not_found, "The message that this answers is in another room."};
    return id->seq;
}

/// The room of a command: one that this connection follows, else one that its user may see.
Result<chat::RoomPtr> room_named(NativeSession& session, std::string_view name) {
    auto const& rooms = session.services().rooms;
    auto const* const followed = session.followed(name);
    auto room = followed != nullptr ? rooms.find(followed->room) : rooms.find_for(*session.user, name);
    if (!room) return Error{Code::unknown_room, "There is no such room."};
    return room;
}
Result<chat::RoomPtr> room_of(NativeSession& session, Json const& command) {
    auto const name = text_of(command, "room");
    if (!name) return name.error();
    return room_named(session, *name);
}

/// What a change to a message ends with: an acknowledgement or an error, together with the group commit's events.
auto answer_with_place(NativeSession& session, std::string_view reference, std::string room,
                       std::string client_id = {}) {
    return [&hub = session.hub(), handle = session.handle, ref = std::string{reference}, room = std::move(room),
            client_id = std::move(client_id)](Result<chat::MessagePtr> const& result, judge::Verdict const& verdict,
                                              chat::Settled settled) {
        bool const joins_group = result && settled == chat::Settled::by_commit;
        auto const delivery = joins_group ? Delivery::with_group : Delivery::at_once;
        if (result) {
            hub.answer(handle, events::ack(ref, (*result)->id), delivery);
            // Nobody is warned for being in need: they get words of help instead.
            bool const is_warned = verdict.action == judge::Action::warn ||
                                   (verdict.action == judge::Action::flag && !moderation::is_cry_for_help(verdict));
            if (is_warned) hub.answer(handle, events::moderation_warning(room, **result, verdict), delivery);
            return;
        }
        auto const& error = result.error();
        bool const blocked = error.code == Code::message_blocked;
        hub.answer(handle, events::error(ref, error, blocked ? &verdict : nullptr), delivery);
        if (blocked) hub.answer(handle, events::message_blocked(room, verdict, client_id), delivery);
    };
}

void join(NativeSession& session, Json const& command, std::string const& ref) {
    auto const room = text_of(command, "room");
    if (!room) return session.refuse(ref, room.error());
    auto const after = seq_of(command, "after");
    if (!after) return session.refuse(ref, after.error());
    session.join(*room, *after, ref);
}

void leave(NativeSession& session, Json const& command, std::string const& ref) {
    auto const room = room_of(session, command);
    if (!room) return session.refuse(ref, room.error());
    session.hub().unfollow(session, (*room)->id);
    session.acknowledge(ref);
}

void post(NativeSession& session, chat::Draft draft, std::string_view ref) {
    auto& hub = session.hub();
    session.services().news.typing(draft.room->id, session.user->username, false);
    hub.post_begins();
    auto answer = answer_with_place(session, ref, draft.room->name, draft.client_id);
    session.services().messages.poster.post(
        session.author(), std::move(draft),
        [&hub, answer = std::move(answer)](auto const& result, auto const& verdict, auto settled) {
            hub.post_ends();
            answer(result, verdict, settled);
        });
}

void post(NativeSession& session, Json const& command, std::string const& ref) {
    auto room = room_of(session, command);
    if (!room) return session.refuse(ref, room.error());
    auto text = text_of(command, "text");
    if (!text) return session.refuse(ref, text.error());
    auto client_id = optional_text_of(command, "client_id");
    if (!client_id) return session.refuse(ref, client_id.error());
    auto const reply_to = reply_of(command, (*room)->id);
    if (!reply_to) return session.refuse(ref, reply_to.error());
    post(session, {std::move(*room), std::move(*text), *reply_to, std::move(*client_id), {}}, ref);
}

std::string room_name_of(NativeSession& session, base::MessageId const& id) {
    if (auto const* followed = session.followed(id.room.value)) return followed->name;
    auto const room = session.services().rooms.find_for(*session.user, id.room.value);
    return room ? room->name : id.room.value;
}

void edit(NativeSession& session, Json const& command, std::string const& ref) {
    auto const id = message_id_of(command, "id");
    if (!id) return session.refuse(ref, id.error());
    auto text = text_of(command, "text");
    if (!text) return session.refuse(ref, text.error());
    session.services().messages.editor.edit(session.author(), *id, std::move(*text),
                                            answer_with_place(session, ref, room_name_of(session, *id)));
}

void remove(NativeSession& session, Json const& command, std::string const& ref) {
    auto const id = message_id_of(command, "id");
    if (!id) return session.refuse(ref, id.error());
    session.services().messages.editor.remove(session.author(), *id,
                                              answer_with_place(session, ref, room_name_of(session, *id)));
}

void react(NativeSession& session, Json const& command, std::string const& ref) {
    auto const id = message_id_of(command, "id");
    if (!id) return session.refuse(ref, id.error());
    auto emoji = text_of(command, "emoji");
    if (!emoji) return session.refuse(ref, emoji.error());
    auto const on = truth_of(command, "on");
    if (!on) return session.refuse(ref, on.error());
    session.services().messages.editor.react(session.author(), *id, *emoji, *on,
                                             answer_with_place(session, ref, room_name_of(session, *id)));
}

void typing(NativeSession& session, Json const& command, std::string const& ref) {
    auto const name = text_of(command, "room");
    if (!name) return session.refuse(ref, name.error());
    auto const on = truth_of(command, "on");
    if (!on) return session.refuse(ref, on.error());
    auto const* const audience = session.followed(*name);
    if (audience == nullptr) return session.refuse(ref, {Code::not_a_member, "Join the room first."});
    auto const sanction = *on ? session.services().messages.sanction_of(*session.user) : std::nullopt;
    if (sanction) return session.refuse(ref, *sanction);
    session.services().news.typing(audience->room, session.user->username, *on);
    if (!ref.empty()) session.acknowledge(ref);
}

void read(NativeSession& session, Json const& command, std::string const& ref) {
    auto const name = text_of(command, "room");
    if (!name) return session.refuse(ref, name.error());
    auto const seq = seq_of(command, "seq");
    if (!seq) return session.refuse(ref, seq.error());
    if (!*seq) return session.refuse(ref, wrong_kind("seq", "a whole number"));
    auto& rooms = session.services().rooms;
    auto const room = rooms.find_for(*session.user, *name);
    if (!room) return session.refuse(ref, {Code::unknown_room, "There is no such room."});
    if (!rooms.is_member(session.user->id, *room))
        return session.refuse(ref, {Code::not_a_member, "Join the room first."});
    rooms.mark_read(*session.user, *room, **seq);
    if (!ref.empty()) session.acknowledge(ref);
}

/// Moderators hear once a second what passes in a live room.
void pulse(NativeSession& session, Json const& command, std::string const& ref) {
    if (session.user->role < chat::Role::moderator)
        return session.refuse(ref, {Code::forbidden, "Only moderators may see this."});
    auto const room = room_of(session, command);
    if (!room) return session.refuse(ref, room.error());
    if ((*room)->kind != chat::Room::Kind::live)
        return session.refuse(ref, {Code::unknown_room, "There is no such live room."});
    auto const on = truth_of(command, "on");
    if (!on) return session.refuse(ref, on.error());
    auto const topic = PulseNews::topic_of((*room)->id);
    if (*on) {
        session.hub().follow(session, topic, topic.value, 0, Dialect::native);
    } else {
        session.hub().unfollow(session, topic);
    }
    session.acknowledge(ref);
}

void ping(NativeSession& session, Json const&, std::string const& ref) {
    session.send_json(events::ack_ping(ref, session.services().clock.now()));
}

struct Row {
    std::string_view type;
    void (*run)(NativeSession&, Json const&, std::string const& ref);
    std::size_t more = 0;    ///< commands that it counts for, beside itself
    bool is_change = false;  ///< counts in the user's budget of changes, too
};
constexpr std::array<Row, 10> commands{{
    {"message", post},
    {"join", join, 1},
    {"leave", leave},
    {"edit", edit, 1, true},
    {"delete", remove, 1, true},
    {"react", react, 0, true},
    {"typing", typing, 0, true},
    {"read", read},
    {"pulse", pulse},
    {"ping", ping},
}};

}  // namespace

void run_post_command(NativeSession& session, PostCommand command) {
    auto room = room_named(session, command.room);
    if (!room) return session.refuse(command.ref, room.error());
    post(session, {std::move(*room), std::move(command.text), command.reply_to, std::move(command.client_id), {}},
         command.ref);
}

std::vector<std::string_view> native_command_types() {
    std::vector<std::string_view> types;
    for (auto const& row : commands) types.push_back(row.type);
    return types;
}

void run_native_command(NativeSession& session, Json const& command, std::string const& ref) {
    if (!command.is_object()) return session.refuse(ref, {Code::bad_request, "A command is a JSON object."});
    if (auto const given = command.find("ref"); given != command.end() && !given->is_number())
        return session.refuse(ref, wrong_kind("ref", "a number"));
    auto const type = text_of(command, "type");
    if (!type) return session.refuse(ref, type.error());
    auto const row =
        std::find_if(commands.begin(), commands.end(), [&](Row const& each) { return each.type == *type; });
    if (row == commands.end()) return session.refuse(ref, {Code::bad_request, "There is no command of that type."});
    session.charge(row->more);
    if (row->is_change && !session.may_change(ref)) return;
    row->run(session, command, ref);
}

}  // namespace soyuz::realtime
