#include "chat/rooms/read_marks.hpp"

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "base/text.hpp"

namespace soyuz::chat {

namespace {

std::string document(std::map<base::RoomId, base::Seq> const& rooms) {
    std::string text = "{\"rooms\":{";
    bool first = true;
    for (auto const& [room, seq] : rooms) {
        if (!first) text += ',';
        first = false;
        base::append_json_string(text, room.value);
        text += ':';
        text += std::to_string(seq);
    }
    return text + "}}";
}

}  // namespace

ReadMarks::ReadMarks(store::Store& store, std::string collection) : store_(store), collection_(std::move(collection)) {
    store.each_document(collection_, [&](std::string const& id, nlohmann::json const& value) {
        auto const rooms = value.find("rooms");
        if (rooms == value.end() || !rooms->is_object()) return;
        auto& marks = shard_of(base::UserId{id}).users[base::UserId{id}];
        for (auto const& [room, seq] : rooms->items()) {
            if (seq.is_number_unsigned()) marks.rooms[base::RoomId{room}] = seq.get<base::Seq>();
        }
    });
}

std::optional<base::Seq> ReadMarks::find(base::UserId const& user, base::RoomId const& room) const {
    auto const& shard = shard_of(user);
    std::lock_guard const lock{shard.mutex};
    auto const marks = shard.users.find(user);
    if (marks == shard.users.end()) return std::nullopt;
    auto const found = marks->second.rooms.find(room);
    if (found == marks->second.rooms.end()) return std::nullopt;
    return found->second;
}

bool ReadMarks::move(base::UserId const& user, base::RoomId const& room, base::Seq seq) {
    auto& shard = shard_of(user);
    std::lock_guard const lock{shard.mutex};
    auto& marks = shard.users[user];
    auto const [mark, is_new] = marks.rooms.try_emplace(room, seq);
    if (!is_new && mark->second >= seq) return false;
    mark->second = seq;
    marks.moved = true;
    return true;
}

store::Change ReadMarks::move_now(base::UserId const& user, base::RoomId const& room, base::Seq seq) {
    move(user, room, seq);
    auto& shard = shard_of(user);
    std::lock_guard const lock{shard.mutex};
    return store::Put{collection_, user.value, document(shard.users[user].rooms)};
}

void ReadMarks::forget_room(base::RoomId const& room) {
    for (auto& shard : shards_) {
        std::lock_guard const lock{shard.mutex};
        for (auto& [user, marks] : shard.users) {
            if (marks.rooms.erase(room) > 0) marks.moved = true;
        }
    }
}

store::Change ReadMarks::forget_user(base::UserId const& user) {
    auto& shard = shard_of(user);
    std::lock_guard const lock{shard.mutex};
    shard.users.erase(user);
    return store::Erase{collection_, user.value};
}

void ReadMarks::flush() {
    store::Batch batch;
    for (auto& shard : shards_) {
        std::lock_guard const lock{shard.mutex};
        for (auto& [user, marks] : shard.users) {
            if (!std::exchange(marks.moved, false)) continue;
            batch.push_back(store::Put{collection_, user.value, document(marks.rooms)});
        }
    }
    if (batch.empty()) return;
    std::vector<base::UserId> users;
    users.reserve(batch.size());
    for (auto const& change : batch) users.emplace_back(std::get<store::Put>(change).id);
    in_flight_.begin();
    store_.commit(std::move(batch), [this, users = std::move(users)](auto const& result) {
        if (!result) write_again(users);
        in_flight_.end();
    });
}

void ReadMarks::write_again(std::vector<base::UserId> const& users) {
    base::log::warn("marks could not be written yet", {{"kind", collection_}});
    for (auto const& user : users) {
        auto& shard = shard_of(user);
        std::lock_guard const lock{shard.mutex};
        if (auto const marks = shard.users.find(user); marks != shard.users.end()) marks->second.moved = true;
    }
}

}  // namespace soyuz::chat
