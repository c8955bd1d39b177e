#include <algorithm>

#include "base/random.hpp"
#include "base/text.hpp"
#include "chat/names.hpp"
#include "chat/rooms/rooms_implementation.hpp"

namespace soyuz::chat {

namespace {

constexpr std::size_t max_rooms_made_by_one = 100;
constexpr std::size_t max_title = 80;
constexpr std::size_t max_topic = 250;

std::optional<Error> fault_of(RoomSettings const& settings) {
    if (settings.slow_mode < std::chrono::seconds{0} || settings.slow_mode > max_slow_mode)
        return base::invalid_field("settings.slow_mode_s", "must be from 0 to 21600");
    return std::nullopt;
}

std::optional<Error> fault_of(std::string const& title, std::string const& topic) {
    if (auto fault = fault_of_line(title, max_title)) return base::invalid_field("title", std::move(*fault));
    if (auto fault = fault_of_line(topic, max_topic)) return base::invalid_field("topic", std::move(*fault));
    return std::nullopt;
}

std::string tidy(std::string text) { return base::is_valid_utf8(text) ? base::trim(text) : text; }

}  // namespace

std::optional<Error> Rooms::Implementation::refusal_of_more(User const& creator) const {
    std::shared_lock const lock{mutex};
    if (rooms.size() >= max_rooms) return Error{Code::conflict, "This server has as many rooms as it takes."};
    auto const made = std::count_if(rooms.begin(), rooms.end(), [&](auto const& entry) {
        return entry.second.room->creator == creator.id && entry.second.room->kind != Room::Kind::direct;
    });
    if (creator.role < Role::moderator && static_cast<std::size_t>(made) >= max_rooms_made_by_one)
        return Error{Code::conflict, "You have made as many rooms as one person can."};
    return std::nullopt;
}

Result<RoomPtr> Rooms::create(User const& creator, NewRoom wish) {
    auto& own = *implementation_;
    if (creator.role < Role::member) return Error{Code::forbidden, "Guests can't make rooms."};
    wish.title = tidy(std::move(wish.title));
    wish.topic = tidy(std::move(wish.topic));
    if (auto fault = fault_of(wish.title, wish.topic)) return *fault;
    if (auto fault = fault_of(wish.settings)) return *fault;
    if (wish.kind == Room::Kind::direct) return base::invalid_field("kind", "must be public, private or live");
    if (wish.kind == Room::Kind::live && creator.role < Role::moderator) return not_yours();
    bool const is_derived = wish.name.empty();
    if (is_derived) {
        if (wish.title.empty()) return base::invalid_field("name", "must be given, or a title");
        wish.name = room_name_from(wish.title);
        if (wish.name.empty()) wish.name = "room-" + base::random_id().substr(0, 6);
    } else if (auto fault = fault_of_room_name(wish.name)) {
        return base::invalid_field("name", std::move(*fault));
    }

    Room room;
    room.id = base::new_room_id();
    room.kind = wish.kind;
    room.settings = wish.settings;
    room.creator = creator.id;
    room.created_at = own.clock.now();

    std::lock_guard const order{own.changing};
    if (auto refusal = own.refusal_of_more(creator)) return *refusal;
    if (own.is_full_of_rooms(creator.id)) return too_many_rooms();
    {
        std::shared_lock const lock{own.mutex};
        auto const is_taken = [&](std::string const& text) {
            return own.by_name.contains(text) || own.rooms.contains(RoomId{text});
        };
        if (is_derived && is_taken(wish.name)) wish.name += '-' + base::random_id().substr(0, 5);
        if (is_taken(wish.name)) {
            Error error{Code::name_taken, "There is a room of this name."};
            error.fields.emplace("name", "is taken");
            return error;
        }
    }
    room.name = wish.name;
    room.title = wish.title.empty() ? wish.name : std::move(wish.title);
    room.topic = std::move(wish.topic);

    auto const made = std::make_shared<Room const>(std::move(room));
    auto const written = own.write({store::Put{"rooms", made->id.value, room_document(*made)},
                                    store::Put{"members", member_key(made->id, creator.id),
                                               member_document({made->id, creator.id, made->created_at})}});
    if (!written) return written.error();
    {
        std::unique_lock const lock{own.mutex};
        own.show(made);
        own.add(creator.id, made->id);
    }
    if (own.observer != nullptr) own.observer->room_changed(*made);
    return made;
}

Result<RoomPtr> Rooms::direct(User const& one, User const& other) {
    auto& own = *implementation_;
    if (one.id == other.id) return base::invalid_field("username", "must be somebody else");
    if (one.deleted || other.deleted) return Error{Code::not_found, "There is no such account."};
    auto const key = pair_key(one.id, other.id);
    std::lock_guard const order{own.changing};
    {
        std::shared_lock const lock{own.mutex};
        if (auto const found = own.direct_rooms.find(key); found != own.direct_rooms.end())
            return own.rooms.at(found->second).room;
        if (own.rooms.size() >= Implementation::max_rooms * 10)
            return Error{Code::conflict, "This server has as many rooms as it takes."};
    }
    if (own.is_full_of_rooms(one.id)) return too_many_rooms();
    Room room;
    room.id = base::new_room_id();
    room.name = "dm-" + room.id.value;
    room.kind = Room::Kind::direct;
    room.creator = one.id;
    room.created_at = own.clock.now();
    auto const made = std::make_shared<Room const>(std::move(room));
    store::Batch batch{store::Put{"rooms", made->id.value, room_document(*made)}};
    for (auto const* user : {&one, &other}) {
        batch.push_back(store::Put{"members", member_key(made->id, user->id),
                                   member_document({made->id, user->id, made->created_at})});
        batch.push_back(own.marks.move_now(user->id, made->id, 0));
    }
    if (auto const written = own.write(std::move(batch)); !written) return written.error();
    {
        std::unique_lock const lock{own.mutex};
        own.show(made);
        own.add(one.id, made->id);
        own.add(other.id, made->id);
        own.direct_rooms[key] = made->id;
    }
    if (own.observer != nullptr) {
        own.observer->member_joined(*made, one);
        own.observer->member_joined(*made, other);
    }
    return made;
}

Result<RoomPtr> Rooms::change(User const& actor, RoomId const& id, RoomChange change) {
    auto& own = *implementation_;
    std::lock_guard const order{own.changing};
    auto const before = own.find(id);
    if (!before || !may_read(actor, *before)) return no_such_room();
    if (!may_manage(actor, *before)) return not_yours();

    Room room = *before;
    if (change.title) room.title = tidy(std::move(*change.title));
    if (change.topic) room.topic = tidy(std::move(*change.topic));
    if (auto fault = fault_of(room.title, room.topic)) return *fault;
    if (room.title.empty() && room.kind != Room::Kind::direct) return base::invalid_field("title", "must not be empty");
    if (change.settings) {
        if (auto fault = fault_of(*change.settings)) return *fault;
        room.settings = *change.settings;
    }
    if (change.kind && *change.kind != room.kind) {
        if (room.kind == Room::Kind::direct || *change.kind == Room::Kind::direct)
            return base::invalid_field("kind", "can't be changed to or from direct");
        if (room.name == lobby_name) return Error{Code::conflict, "The lobby is open to everyone."};
        room.kind = *change.kind;
    }
    auto const changed = std::make_shared<Room const>(std::move(room));
    auto const written = own.write({store::Put{"rooms", id.value, room_document(*changed)}});
    if (!written) return written.error();
    {
        std::unique_lock const lock{own.mutex};
        own.show(changed);
        if (changed->name == lobby_name) own.lobby = changed;
    }
    if (own.observer != nullptr) own.observer->room_changed(*changed);
    return changed;
}

Result<void> Rooms::remove(User const& actor, RoomId const& id) {
    auto& own = *implementation_;
    std::lock_guard const order{own.changing};
    auto const room = own.find(id);
    if (!room || !may_read(actor, *room)) return no_such_room();
    if (room->name == lobby_name) return Error{Code::conflict, "The lobby has to stay."};
    if (room->kind == Room::Kind::direct) return Error{Code::conflict, "A direct conversation has to stay."};
    if (!may_manage(actor, *room)) return not_yours();

    store::Batch batch{store::Erase{"rooms", id.value}};
    Implementation::State state;
    std::vector<std::string> codes;
    {
        // Out of sight first: what is posted from here on is refused, what was queued before goes with the rest.
        std::unique_lock const lock{own.mutex};
        state = own.rooms.at(id);
        for (auto const& user : state.members) batch.push_back(store::Erase{"members", member_key(id, user)});
        for (auto const& [code, stored] : own.invites) {
            if (stored.invite.room == id) codes.push_back(code);
        }
        own.hide(room);
    }
    for (auto const& code : codes) batch.push_back(store::Erase{"invites", code});
    batch.push_back(store::EraseMessages{id});
    auto const written = own.write(std::move(batch));
    {
        std::unique_lock const lock{own.mutex};
        if (!written) {
            own.show(room);
            for (auto const& user : state.members) own.add(user, id);
            return written;
        }
        for (auto const& code : codes) own.invites.erase(code);
    }
    own.marks.forget_room(id);
    if (own.observer != nullptr) own.observer->room_removed(*room);
    return {};
}

}  // namespace soyuz::chat
