#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/workers.hpp"
#include "chat/accounts/accounts.hpp"
#include "dialects/commands.hpp"
#include "dialects/fields.hpp"
#include "dialects/messenger_events.hpp"
#include "dialects/posting.hpp"
#include "dialects/presence.hpp"

namespace soyuz::dialects {

using base::Code;
using base::Error;
using base::Result;
using Json = nlohmann::json;

namespace {

constexpr std::size_t most_marked = 500;      // ids in one event
constexpr std::size_t marked_per_event = 25;  // reading so many costs as much as an event

Result<chat::UserPtr> receiver_of(Session& session, Json const& data) {
    auto const name = text_of(data, "receiver");
    if (!name) return name.error();
    auto user = session.services().accounts.find_by_name(*name);
    if (!user) return Error{Code::not_found, "There is no such user."};
    if (user->id == session.user->id) return Error{Code::bad_request, "The receiver is you."};
    return user;
}

void send_message(Session& session, Json const& data, Reply reply) {
    auto const receiver = receiver_of(session, data);
    if (!receiver) return session.refuse(reply, receiver.error());
    auto text = text_of(data, "message");
    if (!text) return session.refuse(reply, text.error());
    session.in_direct_room(
        *receiver, reply,
        [text = std::move(*text), reply, id = (*receiver)->id](Session& member, chat::RoomPtr const& room) {
            post(member, {room, text, 0, "", {}}, reply, AuthorHears::message_sent, id);
        });
}

void typing(Session& session, Json const& data, Reply reply) {
    auto const receiver = receiver_of(session, data);
    if (!receiver) return session.refuse(reply, receiver.error());
    auto const on = truth_or_true(data, "is_typing");
    if (!on) return session.refuse(reply, on.error());
    auto const sanction = *on ? session.services().messages.sanction_of(*session.user) : std::nullopt;
    if (sanction) return session.refuse(reply, *sanction);
    tell_of_typing(session, **receiver, *on);
    session.succeed(reply);
}

/// Moves the reader's marks to what `ids` name; gives how many of these were unread. Blocks on the disk.
std::size_t mark_read(Gateway::Services const& services, chat::UserPtr const& reader,
                      std::set<base::MessageId> const& ids) {
    std::size_t count = 0;
    std::unordered_map<base::RoomId, base::Seq> newest;
    for (auto const& id : ids) {
        auto const room = services.rooms.find(id.room);
        if (!room || !services.rooms.is_member(reader->id, *room)) continue;
        if (id.seq <= services.rooms.read_seq(reader->id, room->id)) continue;
        auto const message = services.messages.history.find(*reader, id);
        if (!message || (*message)->sender->id == reader->id) continue;
        ++count;
        newest[room->id] = std::max(newest[room->id], id.seq);
    }
    for (auto const& [room, seq] : newest)
        if (auto const found = services.rooms.find(room)) services.rooms.mark_read(*reader, *found, seq);
    return count;
}

void mark_as_read(Session& session, Json const& data, Reply reply) {
    auto const list = data.find("message_ids");
    if (list == data.end() || !list->is_array() || list->size() > most_marked)
        return session.refuse(reply, {Code::bad_request, "`message_ids` must be a list of at most 500 ids."});
    std::set<base::MessageId> ids;
    for (auto const& each : *list) {
        auto const id = each.is_string() ? base::parse_message_id(each.get_ref<std::string const&>()) : std::nullopt;
        if (id) ids.insert(*id);
    }
    session.charge(ids.size() / marked_per_event);
    auto work = [&services = session.services(), &hub = session.hub(), handle = session.handle, reader = session.user,
                 ids = std::move(ids), reply] {
        auto const count = mark_read(services, reader, ids);
        hub.with(handle, [count, reply](realtime::Connection& connection) {
            auto& marked = static_cast<Session&>(connection);
            marked.send_text(messenger_events::messages_marked_read(count));
            marked.succeed(reply);
        });
    };
    if (!session.services().workers.submit(std::move(work)))
        session.refuse(reply, {Code::overloaded, "The server is busy. Try again.", std::chrono::seconds{1}});
}

constexpr std::array<Command, 3> commands{{
    {"send_message", "", send_message},
    {"typing", "receiver", typing, 0, true},
    {"mark_as_read", "", mark_as_read},
}};

}  // namespace

std::span<Command const> messenger_commands() { return commands; }

}  // namespace soyuz::dialects
