#include "store/state.hpp"

#include <algorithm>

namespace soyuz::store {
namespace {

Text share(std::string&& text) { return std::make_shared<std::string const>(std::move(text)); }

void replace_message(Room& room, Seq seq, Text body) {
    auto const place = place_of(room.recent, seq);
    if (place != room.recent.end() && place->seq == seq) {
        place->body = body;
    } else if (seq > room.flushed) {
        room.recent.insert(place, PlacedText{seq, body});  // its first version was lost to damage
        room.last = std::max(room.last, seq);
    }
    if (seq <= room.flushed) room.replaced[seq] = std::move(body);
}

}  // namespace

void State::apply(std::uint64_t number, Batch&& batch, std::vector<Seq> const& seqs) {
    auto seq = seqs.begin();
    for (auto& change : batch) {
        if (std::holds_alternative<AppendMessage>(change)) {
            apply_to_messages(std::move(change), *seq++);
        } else if (std::holds_alternative<ReplaceMessage>(change) || std::holds_alternative<EraseMessages>(change)) {
            apply_to_messages(std::move(change), 0);
        } else if (auto* const append = std::get_if<AppendLog>(&change)) {
            apply_to_log(std::move(*append));
        } else {
            apply_to_documents(number, std::move(change));
        }
    }
}

void State::apply_to_documents(std::uint64_t number, Change&& change) {
    if (auto* const put = std::get_if<Put>(&change)) {
        auto& collection = collections[put->collection];
        collection.documents.insert_or_assign(std::move(put->id), share(std::move(put->value)));
        collection.changed = number;
    } else if (auto* const erase = std::get_if<Erase>(&change)) {
        auto const collection = collections.find(erase->collection);
        if (collection == collections.end() || collection->second.documents.erase(erase->id) == 0) return;
        collection->second.changed = number;
    }
}

void State::apply_to_messages(Change&& change, Seq seq) {
    if (auto* const append = std::get_if<AppendMessage>(&change)) {
        auto& room = rooms[append->room.value];
        // Places start again only after an EraseMessages: its record was lost to damage.
        if (seq <= room.last) forget(room);
        room.last = seq;
        room.recent.push_back(PlacedText{seq, share(std::move(append->body))});
    } else if (auto* const replace = std::get_if<ReplaceMessage>(&change)) {
        replace_message(rooms[replace->room.value], replace->seq, share(std::move(replace->body)));
    } else if (auto* const erase = std::get_if<EraseMessages>(&change)) {
        auto const room = rooms.find(erase->room.value);
        if (room != rooms.end()) forget(room->second);
    }
}

void State::forget(Room& room) {
    // Files of a room that was never flushed may still be there, left by a checkpoint that a crash cut short.
    room = Room{};
    room.files_are_forgotten = true;
    room.life = ++lives;
}

void State::apply_to_log(AppendLog&& append) { logs[append.log].pending.push_back(share(std::move(append.line))); }

void State::trim_recent(std::size_t per_room, std::size_t max_bytes) {
    while (true) {
        std::size_t bytes = 0;
        for (auto& [id, room] : rooms) {
            while (room.recent.size() > per_room && room.recent.front().seq <= room.flushed) room.recent.pop_front();
            if (room.recent.empty()) std::deque<PlacedText>{}.swap(room.recent);
            for (auto const& placed : room.recent) {
                if (placed.seq <= room.flushed) bytes += placed.body->size() + sizeof placed + sizeof(std::string);
            }
        }
        if (bytes <= max_bytes || per_room == 0) return;
        per_room /= 2;
    }
}

Seq SharedState::last_seq(std::string const& room) const {
    std::shared_lock const lock{mutex};
    auto const found = state.rooms.find(room);
    return found == state.rooms.end() ? 0 : found->second.last;
}

}  // namespace soyuz::store
