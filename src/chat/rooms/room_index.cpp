#include "chat/rooms/room_index.hpp"

#include <algorithm>
#include <mutex>
#include <tuple>

#include "chat/accounts/accounts.hpp"

namespace soyuz::chat {

using base::RoomId;
using base::UserId;

namespace {

constexpr std::size_t max_rooms_of_one = 1'000;

std::string pair_key(UserId const& one, UserId const& other) {
    auto const& [first, second] = std::minmax(one.value, other.value);
    return first + '.' + second;
}

}  // namespace

RoomPtr RoomIndex::lobby() const {
    std::shared_lock const lock{mutex_};
    return lobby_;
}

RoomPtr RoomIndex::board() const {
    std::shared_lock const lock{mutex_};
    return board_;
}

RoomPtr RoomIndex::find(std::string_view name_or_id) const {
    std::string const text{name_or_id};
    std::shared_lock const lock{mutex_};
    if (auto const found = by_name_.find(text); found != by_name_.end()) return rooms_.at(found->second).room;
    auto const found = rooms_.find(RoomId{text});
    return found == rooms_.end() ? nullptr : found->second.room;
}

RoomPtr RoomIndex::find(RoomId const& id) const {
    std::shared_lock const lock{mutex_};
    auto const found = rooms_.find(id);
    return found == rooms_.end() ? nullptr : found->second.room;
}

RoomPtr RoomIndex::find_for(User const& user, std::string_view name_or_id) const {
    auto room = find(name_or_id);
    return room && room->kind != Room::Kind::board && may_read(user, *room) ? room : nullptr;
}

bool RoomIndex::is_member(UserId const& user, Room const& room) const {
    if (is_everyones(room)) return true;
    std::shared_lock const lock{mutex_};
    auto const found = rooms_.find(room.id);
    return found != rooms_.end() && found->second.members.contains(user);
}

bool RoomIndex::may_read(User const& user, Room const& room) const {
    return room.is_open() || is_member(user.id, room);
}

bool RoomIndex::may_manage(User const& user, Room const& room) const {
    return room.is_led_by(user) && may_read(user, room);
}

std::vector<RoomPtr> RoomIndex::all() const {
    std::vector<RoomPtr> found;
    std::shared_lock const lock{mutex_};
    found.reserve(rooms_.size());
    for (auto const& [id, state] : rooms_) found.push_back(state.room);
    return found;
}

std::vector<RoomPtr> RoomIndex::visible_to(User const& user) const {
    std::vector<RoomPtr> found;
    {
        std::shared_lock const lock{mutex_};
        for (auto const& [id, state] : rooms_) {
            if (state.room->is_open() || state.members.contains(user.id)) found.push_back(state.room);
        }
    }
    std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) {
        bool const a_is_later = a->name != lobby_name;
        bool const b_is_later = b->name != lobby_name;
        return std::tie(a_is_later, a->name) < std::tie(b_is_later, b->name);
    });
    return found;
}

std::vector<RoomPtr> RoomIndex::of(UserId const& user) const {
    std::vector<RoomPtr> found;
    std::shared_lock const lock{mutex_};
    found.push_back(lobby_);
    if (auto const ids = rooms_of_.find(user); ids != rooms_of_.end()) {
        for (auto const& id : ids->second) found.push_back(rooms_.at(id).room);
    }
    std::sort(found.begin() + 1, found.end(), [](auto const& a, auto const& b) { return a->name < b->name; });
    return found;
}

std::vector<UserId> RoomIndex::members(Room const& room) const {
    std::vector<UserId> found;
    if (is_everyones(room)) {
        for (auto const& user : accounts_.all()) found.push_back(user->id);
        return found;
    }
    std::shared_lock const lock{mutex_};
    if (auto const state = rooms_.find(room.id); state != rooms_.end())
        found.assign(state->second.members.begin(), state->second.members.end());
    return found;
}

std::size_t RoomIndex::member_count(Room const& room) const {
    if (is_everyones(room)) return accounts_.count();
    std::shared_lock const lock{mutex_};
    auto const state = rooms_.find(room.id);
    return state == rooms_.end() ? 0 : state->second.members.size();
}

void RoomIndex::put(RoomPtr const& room, std::vector<UserId> const& members) {
    std::unique_lock const lock{mutex_};
    auto& state = rooms_[room->id];
    state.room = room;
    by_name_[room->name] = room->id;
    if (room->name == lobby_name) lobby_ = room;
    if (room->kind == Room::Kind::board) board_ = room;
    for (auto const& user : members) insert(state, user);
}

void RoomIndex::insert(State& state, UserId const& user) {
    auto const& room = *state.room;
    state.members.insert(user);
    rooms_of_[user].insert(room.id);
    if (room.kind == Room::Kind::direct && state.members.size() == 2)
        direct_rooms_[pair_key(*state.members.begin(), *std::next(state.members.begin()))] = room.id;
}

std::vector<UserId> RoomIndex::take(Room const& room) {
    std::unique_lock const lock{mutex_};
    auto const found = rooms_.find(room.id);
    std::vector<UserId> members{found->second.members.begin(), found->second.members.end()};
    for (auto const& user : members) {
        if (auto const ids = rooms_of_.find(user); ids != rooms_of_.end()) ids->second.erase(room.id);
    }
    rooms_.erase(found);
    by_name_.erase(room.name);
    std::erase_if(direct_rooms_, [&](auto const& entry) { return entry.second == room.id; });
    return members;
}

bool RoomIndex::add(UserId const& user, RoomId const& room) {
    std::unique_lock const lock{mutex_};
    auto const found = rooms_.find(room);
    if (found == rooms_.end()) return false;
    insert(found->second, user);
    return true;
}

void RoomIndex::drop(UserId const& user, RoomId const& room) {
    std::unique_lock const lock{mutex_};
    if (auto const state = rooms_.find(room); state != rooms_.end()) state->second.members.erase(user);
    if (auto const ids = rooms_of_.find(user); ids != rooms_of_.end()) {
        ids->second.erase(room);
        if (ids->second.empty()) rooms_of_.erase(ids);
    }
}

std::vector<RoomPtr> RoomIndex::drop(UserId const& user) {
    std::vector<RoomPtr> left;
    std::unique_lock const lock{mutex_};
    auto const ids = rooms_of_.find(user);
    if (ids == rooms_of_.end()) return left;
    for (auto const& id : ids->second) {
        auto& state = rooms_.at(id);
        state.members.erase(user);
        left.push_back(state.room);
    }
    rooms_of_.erase(ids);
    return left;
}

RoomPtr RoomIndex::find_direct(UserId const& one, UserId const& other) const {
    std::shared_lock const lock{mutex_};
    auto const found = direct_rooms_.find(pair_key(one, other));
    return found == direct_rooms_.end() ? nullptr : rooms_.at(found->second).room;
}

bool RoomIndex::is_taken(std::string const& name) const {
    std::shared_lock const lock{mutex_};
    return by_name_.contains(name) || rooms_.contains(RoomId{name});
}

std::size_t RoomIndex::room_count() const {
    std::shared_lock const lock{mutex_};
    return rooms_.size();
}

std::size_t RoomIndex::count_made_by(UserId const& creator) const {
    std::shared_lock const lock{mutex_};
    return static_cast<std::size_t>(std::count_if(rooms_.begin(), rooms_.end(), [&](auto const& entry) {
        return entry.second.room->creator == creator && entry.second.room->kind != Room::Kind::direct;
    }));
}

bool RoomIndex::is_full_of_rooms(UserId const& user) const {
    std::shared_lock const lock{mutex_};
    auto const ids = rooms_of_.find(user);
    return ids != rooms_of_.end() && ids->second.size() >= max_rooms_of_one;
}

}  // namespace soyuz::chat
