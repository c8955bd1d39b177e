#include "chat/rooms/deletions.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.hpp"

namespace soyuz::chat {

namespace {

constexpr char collection[] = "deletions";
constexpr std::size_t max_of_room = 1'000;

}  // namespace

Deletions::Deletions(store::Store& store) {
    store.each_document(collection, [&](std::string const& id, nlohmann::json const& value) {
        auto const seqs = value.find("seqs");
        if (seqs == value.end() || !seqs->is_array()) return;
        auto& room = rooms_[base::RoomId{id}];
        for (auto const& seq : *seqs)
            if (seq.is_number_unsigned()) room.push_back(seq.get<base::Seq>());
        std::sort(room.begin(), room.end());
    });
}

store::Change Deletions::note(base::MessageId const& id, bool is_deleted) {
    std::lock_guard const lock{mutex_};
    auto& room = rooms_[id.room];
    auto const place = std::lower_bound(room.begin(), room.end(), id.seq);
    bool const is_there = place != room.end() && *place == id.seq;
    if (is_deleted && !is_there) room.insert(place, id.seq);
    if (!is_deleted && is_there) room.erase(place);
    if (room.size() > max_of_room) room.erase(room.begin());
    return store::Put{collection, id.room.value, base::to_text(base::Json{{"seqs", room}})};
}

std::size_t Deletions::count_after(base::RoomId const& id, base::Seq seq) const {
    std::lock_guard const lock{mutex_};
    auto const room = rooms_.find(id);
    if (room == rooms_.end()) return 0;
    auto const first = std::upper_bound(room->second.begin(), room->second.end(), seq);
    return static_cast<std::size_t>(room->second.end() - first);
}

store::Change Deletions::forget(base::RoomId const& room) {
    std::lock_guard const lock{mutex_};
    rooms_.erase(room);
    return store::Erase{collection, room.value};
}

}  // namespace soyuz::chat
