#include "chat/messages/attachment_index.hpp"

#include <algorithm>

#include "chat/messages/history.hpp"
#include "chat/messages/message_context.hpp"
#include "chat/messages/records.hpp"
#include "chat/rooms/rooms.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

constexpr base::Seq scan_step = 512;

}  // namespace

MessagePtr AttachmentIndex::find(base::RoomId const& id, std::string const& file) {
    auto const room = context_.rooms.find(id);
    if (!room) return nullptr;
    auto const seq = place_of(id, file);
    if (seq == 0) return nullptr;
    auto const message = history_.load({id, seq}, *room);
    if (!message || (*message)->deleted || (*message)->sender->deleted || !holds_file(**message, file)) return nullptr;
    return *message;
}

base::Seq AttachmentIndex::place_of(base::RoomId const& room, std::string const& file) {
    {
        std::lock_guard const lock{mutex_};
        auto const& files = rooms_[room];
        if (auto const found = files.places.find(file); found != files.places.end()) return found->second;
        if (files.is_read) return 0;
    }
    read(room);
    std::lock_guard const lock{mutex_};
    auto const& places = rooms_[room].places;
    auto const found = places.find(file);
    return found == places.end() ? 0 : found->second;
}

void AttachmentIndex::read(base::RoomId const& room) {
    std::unordered_map<std::string, base::Seq> places;
    auto const last = context_.rooms.last_seq(room);
    for (base::Seq first = 1; first <= last; first += scan_step) {
        auto const stored = context_.store.messages(room, first, std::min(last, first + scan_step - 1));
        // What can't be read now is looked for again with the next question.
        if (!stored) return;
        for (auto const& [seq, body] : *stored) {
            if (body.find("\"attachments\"") == std::string::npos) continue;
            auto const message = parse_body(body, {room, seq}, context_.accounts);
            if (!message) continue;
            for (auto const& attachment : message->attachments) places.emplace(attachment.file, seq);
        }
    }
    std::lock_guard const lock{mutex_};
    auto& files = rooms_[room];
    files.places.merge(places);
    files.is_read = true;
}

void AttachmentIndex::note(Message const& message) {
    std::lock_guard const lock{mutex_};
    auto& files = rooms_[message.id.room];
    for (auto const& attachment : message.attachments) files.places.insert_or_assign(attachment.file, message.id.seq);
}

void AttachmentIndex::forget(base::RoomId const& room) {
    std::lock_guard const lock{mutex_};
    rooms_.erase(room);
}

}  // namespace soyuz::chat
