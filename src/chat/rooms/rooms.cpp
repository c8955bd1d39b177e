#include "chat/rooms/rooms.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "chat/rooms/rooms_implementation.hpp"
#include "store/commit_later.hpp"

namespace soyuz::chat {

namespace {

using base::Json;

constexpr std::size_t max_rooms_of_one = 1'000;

}  // namespace

Error no_such_room() { return Error{Code::unknown_room, "There is no such room."}; }
Error not_yours() { return Error{Code::forbidden, "Only the room's creator and moderators can do this."}; }
Error too_many_rooms() { return Error{Code::conflict, "You are in as many rooms as one person can be."}; }

std::string pair_key(UserId const& one, UserId const& other) {
    auto const& [first, second] = std::minmax(one.value, other.value);
    return first + '.' + second;
}

Rooms::Implementation::Implementation(store::Store& where, Accounts& who, base::Clock const& time)
    : store(where), accounts(who), clock(time), marks(where) {
    load();
    if (!lobby) make_lobby();
}

void Rooms::Implementation::load() {
    store.each_document("rooms", [&](std::string const& id, Json const& value) {
        auto room = parse_room(id, value);
        if (!room) {
            base::log::warn("a room can't be read and is left out id=" + id);
            return;
        }
        auto const shown = std::make_shared<Room const>(std::move(*room));
        show(shown);
        if (shown->name == lobby_name) lobby = shown;
    });
    store.each_document("members", [&](std::string const&, Json const& value) {
        auto const member = parse_member(value);
        if (!member || !rooms.contains(member->room)) return;
        auto const user = accounts.find(member->user);
        if (user && !user->deleted) add(member->user, member->room);
    });
    for (auto const& [id, state] : rooms) {
        if (state.room->kind == Room::Kind::direct && state.members.size() == 2)
            direct_rooms[pair_key(*state.members.begin(), *std::next(state.members.begin()))] = id;
    }
    store.each_document("invites", [&](std::string const& code, Json const& value) {
        if (auto invite = parse_invite(code, value)) invites.insert_or_assign(code, std::move(*invite));
    });
}

void Rooms::Implementation::make_lobby() {
    Room room;
    room.id = base::new_room_id();
    room.name = lobby_name;
    room.title = "Lobby";
    room.created_at = clock.now();
    lobby = std::make_shared<Room const>(std::move(room));
    auto const written = write({store::Put{"rooms", lobby->id.value, room_document(*lobby)}});
    if (!written) base::log::error("the lobby could not be written yet");
    show(lobby);
}

Result<void> Rooms::Implementation::write(store::Batch batch) {
    return store::wait_for(store::commit_later(store, std::move(batch)));
}

void Rooms::Implementation::show(RoomPtr const& room) {
    rooms[room->id].room = room;
    by_name[room->name] = room->id;
}

void Rooms::Implementation::add(UserId const& user, RoomId const& room) {
    rooms.at(room).members.insert(user);
    rooms_of[user].insert(room);
}

void Rooms::Implementation::drop(UserId const& user, RoomId const& room) {
    if (auto const state = rooms.find(room); state != rooms.end()) state->second.members.erase(user);
    if (auto const own = rooms_of.find(user); own != rooms_of.end()) {
        own->second.erase(room);
        if (own->second.empty()) rooms_of.erase(own);
    }
}

void Rooms::Implementation::hide(RoomPtr const& room) {
    for (auto const& user : rooms.at(room->id).members) {
        if (auto const own = rooms_of.find(user); own != rooms_of.end()) own->second.erase(room->id);
    }
    rooms.erase(room->id);
    by_name.erase(room->name);
    std::erase_if(direct_rooms, [&](auto const& entry) { return entry.second == room->id; });
}

RoomPtr Rooms::Implementation::find(RoomId const& id) const {
    std::shared_lock const lock{mutex};
    auto const found = rooms.find(id);
    return found == rooms.end() ? nullptr : found->second.room;
}

bool Rooms::Implementation::contains(UserId const& user, Room const& room) const {
    if (room.name == lobby_name) return true;
    std::shared_lock const lock{mutex};
    auto const found = rooms.find(room.id);
    return found != rooms.end() && found->second.members.contains(user);
}

bool Rooms::Implementation::is_full_of_rooms(UserId const& user) const {
    std::shared_lock const lock{mutex};
    auto const own = rooms_of.find(user);
    return own != rooms_of.end() && own->second.size() >= max_rooms_of_one;
}

std::string_view name(Room::Kind kind) {
    static constexpr std::array<std::string_view, 4> names{"public", "private", "direct", "live"};
    return names[static_cast<std::size_t>(kind)];
}

Rooms::Rooms(store::Store& store, Accounts& accounts, base::Clock const& clock)
    : implementation_(std::make_unique<Implementation>(store, accounts, clock)) {
    // What was said before somebody came is not unread to them.
    accounts.on_created = [this](User const& user) {
        auto const room = lobby();
        implementation_->marks.move(user.id, room->id, last_seq(room->id));
    };
}
Rooms::~Rooms() { implementation_->accounts.on_created = nullptr; }

void Rooms::observe(Observer& observer) { implementation_->observer = &observer; }

RoomPtr Rooms::lobby() const {
    std::shared_lock const lock{implementation_->mutex};
    return implementation_->lobby;
}

RoomPtr Rooms::find(std::string_view name_or_id) const {
    auto const& own = *implementation_;
    std::string const text{name_or_id};
    std::shared_lock const lock{own.mutex};
    if (auto const found = own.by_name.find(text); found != own.by_name.end()) return own.rooms.at(found->second).room;
    auto const found = own.rooms.find(RoomId{text});
    return found == own.rooms.end() ? nullptr : found->second.room;
}

RoomPtr Rooms::find(RoomId const& id) const { return implementation_->find(id); }

RoomPtr Rooms::find_for(User const& user, std::string_view name_or_id) const {
    auto room = find(name_or_id);
    return room && may_read(user, *room) ? room : nullptr;
}

bool Rooms::is_member(UserId const& user, Room const& room) const { return implementation_->contains(user, room); }

bool Rooms::may_read(User const& user, Room const& room) const {
    return room.kind == Room::Kind::open || room.kind == Room::Kind::live || is_member(user.id, room);
}

bool Rooms::may_manage(User const& user, Room const& room) const {
    if (room.kind == Room::Kind::direct) return false;
    return may_read(user, room) && (user.role >= Role::moderator || room.creator == user.id);
}

std::vector<RoomPtr> Rooms::visible_to(User const& user) const {
    auto const& own = *implementation_;
    std::vector<RoomPtr> found;
    {
        std::shared_lock const lock{own.mutex};
        for (auto const& [id, state] : own.rooms) {
            bool const is_public = state.room->kind == Room::Kind::open || state.room->kind == Room::Kind::live;
            if (is_public || state.members.contains(user.id)) found.push_back(state.room);
        }
    }
    std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) {
        bool const a_is_later = a->name != lobby_name;
        bool const b_is_later = b->name != lobby_name;
        return std::tie(a_is_later, a->name) < std::tie(b_is_later, b->name);
    });
    return found;
}

std::vector<RoomPtr> Rooms::of(UserId const& user) const {
    auto const& own = *implementation_;
    std::vector<RoomPtr> found;
    std::shared_lock const lock{own.mutex};
    found.push_back(own.lobby);
    if (auto const mine = own.rooms_of.find(user); mine != own.rooms_of.end()) {
        for (auto const& id : mine->second) found.push_back(own.rooms.at(id).room);
    }
    std::sort(found.begin() + 1, found.end(), [](auto const& a, auto const& b) { return a->name < b->name; });
    return found;
}

std::vector<UserId> Rooms::members(Room const& room) const {
    auto const& own = *implementation_;
    std::vector<UserId> found;
    if (room.name == lobby_name) {
        for (auto const& user : own.accounts.all()) found.push_back(user->id);
        return found;
    }
    std::shared_lock const lock{own.mutex};
    if (auto const state = own.rooms.find(room.id); state != own.rooms.end())
        found.assign(state->second.members.begin(), state->second.members.end());
    return found;
}

std::size_t Rooms::member_count(Room const& room) const {
    auto const& own = *implementation_;
    if (room.name == lobby_name) return own.accounts.count();
    std::shared_lock const lock{own.mutex};
    auto const state = own.rooms.find(room.id);
    return state == own.rooms.end() ? 0 : state->second.members.size();
}

}  // namespace soyuz::chat
