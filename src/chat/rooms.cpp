#include "chat/rooms.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "chat/accounts.hpp"
#include "chat/names.hpp"
#include "chat/observer.hpp"
#include "chat/read_marks.hpp"
#include "chat/room_records.hpp"
#include "store/commit_later.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::Json;
using base::RoomId;
using base::UserId;

constexpr std::size_t max_rooms = 10'000;
constexpr std::size_t max_rooms_made_by_one = 100;
constexpr std::size_t max_rooms_of_one = 1'000;
constexpr std::size_t max_invites_of_room = 100;
constexpr std::size_t max_title = 80;
constexpr std::size_t max_topic = 250;
constexpr std::chrono::hours max_slow_mode{6};

Error no_such_room() { return Error{Code::unknown_room, "There is no such room."}; }
Error not_yours() { return Error{Code::forbidden, "Only the room's creator and moderators can do this."}; }

/// Direct rooms are found by their two members.
std::string pair_key(UserId const& one, UserId const& other) {
    auto const& [first, second] = std::minmax(one.value, other.value);
    return first + '.' + second;
}

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

struct Rooms::Implementation {
    struct State {
        RoomPtr room;
        std::unordered_set<UserId> members;
    };

    Implementation(store::Store& where, Accounts& who, base::Clock const& time)
        : store(where), accounts(who), clock(time), marks(where) {
        load();
        if (!lobby) {
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
    }

    void load() {
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

    Result<void> write(store::Batch batch) { return store::wait_for(store::commit_later(store, std::move(batch))); }

    // The caller of these four holds `mutex` alone, or nobody else is there yet.
    void show(RoomPtr const& room) {
        rooms[room->id].room = room;
        by_name[room->name] = room->id;
    }
    void add(UserId const& user, RoomId const& room) {
        rooms.at(room).members.insert(user);
        rooms_of[user].insert(room);
    }
    void drop(UserId const& user, RoomId const& room) {
        if (auto const state = rooms.find(room); state != rooms.end()) state->second.members.erase(user);
        if (auto const own = rooms_of.find(user); own != rooms_of.end()) {
            own->second.erase(room);
            if (own->second.empty()) rooms_of.erase(own);
        }
    }
    void hide(RoomPtr const& room) {
        for (auto const& user : rooms.at(room->id).members) {
            if (auto const own = rooms_of.find(user); own != rooms_of.end()) own->second.erase(room->id);
        }
        rooms.erase(room->id);
        by_name.erase(room->name);
        std::erase_if(direct_rooms, [&](auto const& entry) { return entry.second == room->id; });
    }

    RoomPtr find(RoomId const& id) const {
        std::shared_lock const lock{mutex};
        auto const found = rooms.find(id);
        return found == rooms.end() ? nullptr : found->second.room;
    }

    bool contains(UserId const& user, Room const& room) const {
        if (room.name == lobby_name) return true;
        std::shared_lock const lock{mutex};
        auto const found = rooms.find(room.id);
        return found != rooms.end() && found->second.members.contains(user);
    }

    Result<RoomPtr> refuse_more(User const& creator) const {
        std::shared_lock const lock{mutex};
        if (rooms.size() >= max_rooms) return Error{Code::conflict, "This server has as many rooms as it takes."};
        auto const made = std::count_if(rooms.begin(), rooms.end(), [&](auto const& entry) {
            return entry.second.room->creator == creator.id && entry.second.room->kind != Room::Kind::direct;
        });
        if (creator.role < Role::moderator && static_cast<std::size_t>(made) >= max_rooms_made_by_one)
            return Error{Code::conflict, "You have made as many rooms as one person can."};
        return RoomPtr{};
    }

    bool is_full_of_rooms(UserId const& user) const {
        std::shared_lock const lock{mutex};
        auto const own = rooms_of.find(user);
        return own != rooms_of.end() && own->second.size() >= max_rooms_of_one;
    }

    /// Puts somebody in, along with `more`. The caller holds `changing`.
    Result<void> enter(User const& user, Room const& room, store::Batch more = {}) {
        if (is_full_of_rooms(user.id)) return Error{Code::conflict, "You are in as many rooms as one person can be."};
        more.push_back(
            store::Put{"members", member_key(room.id, user.id), member_document({room.id, user.id, clock.now()})});
        more.push_back(marks.move_now(user.id, room.id, store.last_seq(room.id)));
        if (auto const written = write(std::move(more)); !written) return written;
        std::unique_lock const lock{mutex};
        if (!rooms.contains(room.id)) return no_such_room();
        add(user.id, room.id);
        return {};
    }

    Result<void> put_out(UserId const& user, Room const& room) {
        if (auto const written = write({store::Erase{"members", member_key(room.id, user)}}); !written) return written;
        std::unique_lock const lock{mutex};
        drop(user, room.id);
        return {};
    }

    store::Store& store;
    Accounts& accounts;
    base::Clock const& clock;
    ReadMarks marks;
    Observer* observer = nullptr;

    /// One change at a time, also while it is written; look-ups don't take it.
    std::mutex changing;
    mutable std::shared_mutex mutex;  ///< guards what follows
    RoomPtr lobby;
    std::unordered_map<RoomId, State> rooms;
    std::unordered_map<std::string, RoomId> by_name;
    std::unordered_map<UserId, std::set<RoomId>> rooms_of;
    std::unordered_map<std::string, RoomId> direct_rooms;
    std::map<std::string, StoredInvite> invites;
};

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
    if (auto more = own.refuse_more(creator); !more) return more.error();
    if (own.is_full_of_rooms(creator.id))
        return Error{Code::conflict, "You are in as many rooms as one person can be."};
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
        if (own.rooms.size() >= max_rooms * 10)
            return Error{Code::conflict, "This server has as many rooms as it takes."};
    }
    if (own.is_full_of_rooms(one.id)) return Error{Code::conflict, "You are in as many rooms as one person can be."};
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

Result<void> Rooms::join(User const& user, RoomId const& id) {
    auto& own = *implementation_;
    auto const room = own.find(id);
    if (!room || !may_read(user, *room)) return no_such_room();
    if (is_member(user.id, *room)) return {};
    {
        std::lock_guard const order{own.changing};
        if (is_member(user.id, *room)) return {};
        if (auto const entered = own.enter(user, *room); !entered) return entered;
    }
    if (own.observer != nullptr) own.observer->member_joined(*room, user);
    return {};
}

Result<void> Rooms::leave(User const& user, RoomId const& id) {
    auto& own = *implementation_;
    auto const room = own.find(id);
    if (!room || !may_read(user, *room)) return no_such_room();
    if (room->name == lobby_name) return Error{Code::conflict, "Everyone stays in the lobby."};
    if (room->kind == Room::Kind::direct) return Error{Code::conflict, "A direct conversation can't be left."};
    {
        std::lock_guard const order{own.changing};
        if (!is_member(user.id, *room)) return {};
        if (auto const left = own.put_out(user.id, *room); !left) return left;
    }
    if (own.observer != nullptr) own.observer->member_left(*room, user.id, false);
    return {};
}

Result<void> Rooms::expel(User const& actor, UserId const& user, RoomId const& id) {
    auto& own = *implementation_;
    auto const room = own.find(id);
    if (!room || !may_read(actor, *room)) return no_such_room();
    if (!may_manage(actor, *room)) return not_yours();
    if (room->name == lobby_name || room->kind == Room::Kind::direct)
        return Error{Code::conflict, "Nobody can be put out of this room."};
    auto const target = own.accounts.find(user);
    if (!target || !is_member(user, *room)) return Error{Code::not_found, "They are not in this room."};
    // A creator stands above members only; among staff the higher role decides.
    bool const is_above = actor.role > target->role || (room->creator == actor.id && target->role <= Role::member);
    if (!is_above || target->id == actor.id)
        return Error{Code::forbidden, "You can only put out people below your own role."};
    {
        std::lock_guard const order{own.changing};
        if (auto const out = own.put_out(user, *room); !out) return out;
    }
    if (own.observer != nullptr) own.observer->member_left(*room, user, true);
    return {};
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

base::Seq Rooms::last_seq(RoomId const& room) const { return implementation_->store.last_seq(room); }

base::Seq Rooms::read_seq(UserId const& user, RoomId const& room) const {
    auto const newest = last_seq(room);
    return std::min(implementation_->marks.find(user, room).value_or(newest), newest);
}

void Rooms::mark_read(User const& user, Room const& room, base::Seq seq) {
    auto& own = *implementation_;
    seq = std::min(seq, last_seq(room.id));
    if (seq == 0 || !is_member(user.id, room) || !own.marks.move(user.id, room.id, seq)) return;
    if (own.observer != nullptr) own.observer->read_moved(room, user, seq);
}

void Rooms::note_posted(UserId const& user, RoomId const& room, base::Seq seq) {
    implementation_->marks.move(user, room, seq);
}

std::size_t Rooms::unread(UserId const& user, RoomId const& room) const {
    auto& own = *implementation_;
    auto const newest = last_seq(room);
    auto const mark = own.marks.find(user, room);
    if (!mark) {
        // Nothing is known of how far they read: unread counts from now on.
        own.marks.move(user, room, newest);
        return 0;
    }
    return static_cast<std::size_t>(newest > *mark ? newest - *mark : 0);
}

void Rooms::flush_read_marks() { implementation_->marks.flush(); }

Result<Invite> Rooms::invite(User const& actor, RoomId const& id, std::chrono::hours lifetime, std::size_t uses) {
    auto& own = *implementation_;
    auto const room = own.find(id);
    if (!room || !may_read(actor, *room)) return no_such_room();
    if (!is_member(actor.id, *room)) return Error{Code::not_a_member, "You are not in this room."};
    if (room->kind == Room::Kind::direct) return Error{Code::forbidden, "Nobody can be invited here."};
    // An invite to the lobby is one to the server; a private room is its creator's to open.
    bool const is_for_staff = room->name == lobby_name || room->kind == Room::Kind::closed;
    if (actor.role < Role::member || (is_for_staff && !may_manage(actor, *room))) return not_yours();
    if (lifetime < std::chrono::hours{1} || lifetime > std::chrono::hours{24 * 365})
        return base::invalid_field("expires_in_h", "must be from 1 to 8760");
    if (uses < 1 || uses > 1000) return base::invalid_field("uses", "must be from 1 to 1000");

    StoredInvite stored;
    stored.invite.code = new_invite_code();
    stored.invite.room = id;
    stored.invite.inviter = actor.id;
    stored.invite.expires_at = own.clock.now() + lifetime;
    stored.invite.uses_left = uses;

    std::lock_guard const order{own.changing};
    store::Batch batch;
    std::vector<std::string> dead;
    {
        std::shared_lock const lock{own.mutex};
        std::size_t present = 0;
        for (auto const& [code, other] : own.invites) {
            if (!other.is_usable(own.clock.now()) || !own.rooms.contains(other.invite.room)) {
                dead.push_back(code);
                batch.push_back(store::Erase{"invites", code});
            } else if (other.invite.room == id) {
                ++present;
            }
        }
        if (present >= max_invites_of_room)
            return Error{Code::conflict, "This room has as many open invites as it can have."};
    }
    batch.push_back(store::Put{"invites", stored.invite.code, invite_document(stored)});
    if (auto const written = own.write(std::move(batch)); !written) return written.error();
    std::unique_lock const lock{own.mutex};
    for (auto const& code : dead) own.invites.erase(code);
    own.invites.insert_or_assign(stored.invite.code, stored);
    return stored.invite;
}

std::optional<Invite> Rooms::find_invite(std::string_view code) const {
    auto const& own = *implementation_;
    std::shared_lock const lock{own.mutex};
    auto const found = own.invites.find(base::lower_ascii(code));
    if (found == own.invites.end() || !found->second.is_usable(own.clock.now())) return std::nullopt;
    if (!own.rooms.contains(found->second.invite.room)) return std::nullopt;
    return found->second.invite;
}

Result<RoomPtr> Rooms::redeem(User const& user, std::string_view code) {
    auto& own = *implementation_;
    RoomPtr room;
    {
        std::lock_guard const order{own.changing};
        StoredInvite stored;
        {
            std::shared_lock const lock{own.mutex};
            auto const found = own.invites.find(base::lower_ascii(code));
            if (found == own.invites.end()) return Error{Code::not_found, "This invite is not valid (any more)."};
            stored = found->second;
        }
        room = own.find(stored.invite.room);
        bool const is_in = room && room->name != lobby_name && is_member(user.id, *room);
        bool const has_used = std::find(stored.used_by.begin(), stored.used_by.end(), user.id) != stored.used_by.end();
        if (is_in || (room && has_used && room->name == lobby_name)) return room;
        if (!room || (!stored.is_usable(own.clock.now()) && !has_used))
            return Error{Code::not_found, "This invite is not valid (any more)."};

        store::Batch batch;
        if (!has_used && user.id != stored.invite.inviter) {
            --stored.invite.uses_left;
            stored.used_by.push_back(user.id);
            batch.push_back(store::Put{"invites", stored.invite.code, invite_document(stored)});
        }
        if (room->name == lobby_name) {
            if (!batch.empty()) {
                if (auto const written = own.write(std::move(batch)); !written) return written.error();
            }
        } else if (auto const entered = own.enter(user, *room, std::move(batch)); !entered) {
            return entered.error();
        }
        std::unique_lock const lock{own.mutex};
        own.invites.insert_or_assign(stored.invite.code, stored);
    }
    if (room->name != lobby_name && own.observer != nullptr) own.observer->member_joined(*room, user);
    return room;
}

std::vector<Invite> Rooms::invites(RoomId const& room) const {
    auto const& own = *implementation_;
    std::vector<Invite> found;
    std::shared_lock const lock{own.mutex};
    for (auto const& [code, stored] : own.invites) {
        if (stored.invite.room == room && stored.is_usable(own.clock.now())) found.push_back(stored.invite);
    }
    return found;
}

void Rooms::forget(UserId const& user) {
    auto& own = *implementation_;
    std::vector<RoomPtr> left;
    {
        std::lock_guard const order{own.changing};
        store::Batch batch{own.marks.forget_user(user)};
        std::vector<std::string> codes;
        {
            std::unique_lock const lock{own.mutex};
            if (auto const mine = own.rooms_of.find(user); mine != own.rooms_of.end()) {
                for (auto const& id : mine->second) {
                    auto& state = own.rooms.at(id);
                    state.members.erase(user);
                    left.push_back(state.room);
                    batch.push_back(store::Erase{"members", member_key(id, user)});
                }
                own.rooms_of.erase(mine);
            }
            for (auto const& [code, stored] : own.invites) {
                if (stored.invite.inviter == user) codes.push_back(code);
            }
            for (auto const& code : codes) {
                own.invites.erase(code);
                batch.push_back(store::Erase{"invites", code});
            }
        }
        // A membership that stays on disk is dropped at the next start, as its account is gone.
        if (!own.write(std::move(batch))) base::log::warn("memberships of a deleted account stay on disk for now");
    }
    if (own.observer == nullptr) return;
    for (auto const& room : left) own.observer->member_left(*room, user, false);
}

}  // namespace soyuz::chat
