#include "chat/messages/message_context.hpp"

#include <algorithm>

#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/messages/message_text.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "moderation/cases/cases.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

constexpr std::size_t max_mentions = 20;

/// What gives a moderator who is not in a private room the right to look: a case that neither they nor their own words
/// have made.
bool opens_room_to(User const& user, Room const& room, moderation::Case const& the_case) {
    return user.role >= Role::moderator && room.kind == Room::Kind::private_ && the_case.author != user.id &&
           moderation::was_raised_by_others(the_case, user.id);
}

}  // namespace

base::Error no_such_message() { return {base::Code::not_found, "There is no such message."}; }

bool MessageContext::is_posted(RoomPtr const& room, base::MessageId const& id) const {
    return room && id.seq > 0 && id.seq <= rooms.last_seq(id.room);
}

RoomPtr MessageContext::room_of_message(User const& user, base::MessageId const& id) const {
    auto room = rooms.find(id.room);
    return room && rooms.may_read(user, *room) ? room : nullptr;
}

RoomPtr MessageContext::room_for_look(User const& user, base::MessageId const& id, std::string_view action) const {
    auto room = rooms.find(id.room);
    if (!room || rooms.may_read(user, *room)) return room;
    auto const the_case = cases.of_message(id);
    if (!the_case || !opens_room_to(user, *room, *the_case)) return nullptr;
    note_look(user, *the_case, action);
    return room;
}

bool MessageContext::may_look_around(User const& user, moderation::Case const& the_case, Room const& room) const {
    if (room.kind == Room::Kind::direct) return false;
    if (rooms.may_read(user, room)) return true;
    if (!moderation::is_in_message(the_case) || !opens_room_to(user, room, the_case)) return false;
    note_look(user, the_case, "private_messages_read");
    return true;
}

void MessageContext::note_look(User const& user, moderation::Case const& the_case, std::string_view action) const {
    std::string line;
    base::JsonWriter out{line};
    out.object([&] {
        out("at", clock.now()), out("action", action), out("by", user.username), out("case", the_case.id);
        out("room", the_case.room);
        if (!the_case.messages.empty()) out("message", the_case.messages.back());
    });
    store.commit({store::AppendLog{"audit_log", std::move(line)}}, [](auto const& written) {
        if (!written) base::log::error("a look into a private room is not in the audit log");
    });
}

std::vector<std::string> MessageContext::mentions_in(std::string_view text, Room const& room) const {
    std::vector<std::string> names;
    if (text.find('@') == std::string_view::npos) return names;
    for (auto const& mention : find_mentions(text, max_mentions)) {
        for (auto const& candidate : mention.candidates) {
            auto const user = accounts.find_by_name(candidate);
            if (!user) continue;
            bool const is_new = std::find(names.begin(), names.end(), user->username) == names.end();
            if (is_new && rooms.is_member(user->id, room)) names.push_back(user->username);
            break;
        }
    }
    return names;
}

void MessageContext::record(Room const& room, User const& author, moderation::Incident incident,
                            judge::Verdict const& verdict, MessagePtr const& message, std::function<void()> done) {
    bool const is_grave = verdict.action == judge::Action::flag || verdict.action == judge::Action::block;
    if (is_grave && observer != nullptr) observer->moderation_alert(room, author, incident.text, verdict, message);
    screening.record(std::move(incident), verdict, std::move(done));
}

}  // namespace soyuz::chat
