#include "chat/messages/message_context.hpp"

#include <algorithm>

#include "chat/accounts/accounts.hpp"
#include "chat/messages/message_text.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"

namespace soyuz::chat {

namespace {

constexpr std::size_t max_mentions = 20;

}  // namespace

base::Error no_such_message() { return {base::Code::not_found, "There is no such message."}; }

RoomPtr MessageContext::room_of_message(User const& user, base::MessageId const& id) const {
    auto room = rooms.find(id.room);
    if (!room) return nullptr;
    // Moderators who know a message's id, for example from a report, may act on it in private rooms too.
    bool const is_staff = user.role >= Role::moderator && room->kind == Room::Kind::private_;
    return is_staff || rooms.may_read(user, *room) ? room : nullptr;
}

std::vector<std::string> MessageContext::mentions_in(std::string_view text, Room const& room) const {
    std::vector<std::string> names;
    if (text.find('@') == std::string_view::npos) return names;
    for (auto const& mention : find_mentions(text, max_mentions)) {
        for (auto const candidate : mention.candidates) {
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
