#include "chat/messages/history.hpp"

#include <algorithm>

#include "chat/messages/message_context.hpp"
#include "chat/messages/records.hpp"
#include "chat/rooms/rooms.hpp"
#include "moderation/cases/case.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Seq;

constexpr std::size_t max_page = 200;

}  // namespace

Result<MessagePtr> History::load(base::MessageId const& id, Room const& room) const {
    auto const stored = context_.store.messages(id.room, id.seq, id.seq);
    if (!stored) return stored.error();
    if (stored->empty()) return no_such_message();
    auto message = parse_body(stored->front().body, id, context_.accounts);
    if (!message) return no_such_message();
    message->room_name = room.name;
    return std::make_shared<Message const>(std::move(*message));
}

Result<History::Page> History::read(Room const& room, Seq first, Seq last) const {
    Page page;
    if (first > last) return page;
    auto const stored = context_.store.messages(room.id, first, last);
    if (!stored) return stored.error();
    page.messages.reserve(stored->size());
    for (auto const& [seq, body] : *stored) {
        auto message = parse_body(body, {room.id, seq}, context_.accounts);
        if (!message) continue;
        message->room_name = room.name;
        page.messages.push_back(std::make_shared<Message const>(std::move(*message)));
    }
    return page;
}

Result<RoomPtr> History::readable_room(User const& reader, base::RoomId const& id) const {
    auto room = context_.rooms.find(id);
    if (!room || !context_.rooms.may_read(reader, *room)) return Error{Code::unknown_room, "There is no such room."};
    return room;
}

Result<History::Page> History::before(User const& reader, base::RoomId const& id, Seq seq, std::size_t limit) const {
    auto const room = readable_room(reader, id);
    if (!room) return room.error();
    limit = std::clamp<std::size_t>(limit, 1, max_page);
    if (seq == 0) return Page{};
    auto const cleared = context_.rooms.cleared_seq(reader.id, **room);
    auto const last = std::min(seq - 1, context_.rooms.last_seq(id));
    auto const first = std::max(last > limit ? last - limit + 1 : 1, cleared + 1);
    auto page = read(**room, first, last);
    if (page) page->has_more = first > cleared + 1;
    return page;
}

Result<History::Page> History::after(User const& reader, base::RoomId const& id, Seq seq, std::size_t limit) const {
    auto const room = readable_room(reader, id);
    if (!room) return room.error();
    limit = std::clamp<std::size_t>(limit, 1, max_page);
    auto const newest = context_.rooms.last_seq(id);
    seq = std::max(seq, context_.rooms.cleared_seq(reader.id, **room));
    if (seq >= newest) return Page{};
    auto const last = newest - seq > limit ? seq + limit : newest;
    auto page = read(**room, seq + 1, last);
    if (page) page->has_more = last < newest;
    return page;
}

Result<History::Page> History::around(User const& reader, base::RoomId const& id, Seq seq, std::size_t limit) const {
    auto const room = readable_room(reader, id);
    if (!room) return room.error();
    limit = std::clamp<std::size_t>(limit, 1, max_page);
    auto const newest = context_.rooms.last_seq(id);
    auto const oldest = context_.rooms.cleared_seq(reader.id, **room) + 1;
    if (newest < oldest) return Page{};
    seq = std::clamp<Seq>(seq, oldest, newest);
    auto const last = std::min(newest, std::max<Seq>(limit, seq + (limit - 1) / 2));
    auto const first = std::max(last > limit ? last - limit + 1 : 1, oldest);
    auto page = read(**room, first, last);
    if (page) page->has_more = first > oldest || last < newest;
    return page;
}

Result<MessagePtr> History::find(User const& reader, base::MessageId const& id) const {
    auto const room = context_.room_for_look(reader, id, "private_message_read");
    if (!context_.is_posted(room, id)) return no_such_message();
    return load(id, *room);
}

std::vector<MessagePtr> History::around_case(User const& moderator, moderation::Case const& the_case,
                                             std::size_t each_side) const {
    auto const room = context_.rooms.find(the_case.room);
    if (!room || !context_.may_look_around(moderator, the_case, *room)) return {};
    auto const newest = context_.rooms.last_seq(room->id);
    auto const seq = the_case.messages.empty() ? newest : the_case.messages.back().seq;
    auto page = read(*room, seq > each_side ? seq - each_side : 1, std::min(newest, seq + each_side));
    return page ? std::move(page->messages) : std::vector<MessagePtr>{};
}

std::optional<base::Timestamp> History::sent_at(base::MessageId const& id) const {
    auto const room = context_.rooms.find(id.room);
    auto const message = room ? load(id, *room) : Result<MessagePtr>{no_such_message()};
    return message ? std::optional{(*message)->sent_at} : std::nullopt;
}

}  // namespace soyuz::chat
