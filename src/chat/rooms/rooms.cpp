#include "chat/rooms/rooms.hpp"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "base/random.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/room_records.hpp"
#include "store/commit_later.hpp"

namespace soyuz::chat {

using base::Code;
using base::Error;
using base::RoomId;
using base::UserId;
using nlohmann::json;

namespace {

constexpr std::size_t max_rooms = 10'000;
constexpr std::size_t max_rooms_made_by_one = 100;
constexpr std::size_t max_expelled = 1000;

Error too_many_rooms() { return Error{Code::conflict, "You are in as many rooms as one person can be."}; }

}  // namespace

Error Rooms::no_such_room() { return Error{Code::unknown_room, "There is no such room."}; }
Error Rooms::not_yours() { return Error{Code::forbidden, "Only the room's creator and moderators can do this."}; }

Rooms::Rooms(store::Store& store, Accounts& accounts, base::Clock const& clock)
    : RoomIndex(accounts),
      store_(store),
      accounts_(accounts),
      clock_(clock),
      marks_(store, "read_marks"),
      delivered_(store, "delivered_marks"),
      cleared_(store, "cleared_marks"),
      deletions_(store),
      invites_(*this, store, clock) {
    load();
    if (!lobby()) make(lobby_name, "Lobby", Room::Kind::public_);
    if (!board()) make(board_name, "Posts", Room::Kind::board);
    // Messages from before somebody came are not unread to them.
    accounts.on_created = [this](User const& user) {
        auto const& room = lobby()->id;
        marks_.move(user.id, room, last_seq(room));
    };
}

Rooms::~Rooms() { accounts_.on_created = nullptr; }

void Rooms::load() {
    store_.each_document("rooms", [&](std::string const& id, json const& value) {
        auto room = parse_room(id, value);
        if (!room) return base::log::warn("a room can't be read and is left out", {{"id", id}});
        put(std::make_shared<Room const>(std::move(*room)));
    });
    std::set<RoomId> inhabited;
    store_.each_document("members", [&](std::string const&, json const& value) {
        auto const member = parse_member(value);
        if (!member) return;
        auto const user = accounts_.find(member->user);
        // An account that can't be read is no reason to lose rooms.
        if (!user || !user->deleted) inhabited.insert(member->room);
        if (user && !user->deleted) add(member->user, member->room);
    });
    std::lock_guard const order{changing_};
    for (auto const& room : all())
        if (!inhabited.contains(room->id) && is_unreachable(*room) && !erase(room))
            base::log::warn("a room that nobody can reach stays for now");
}

void Rooms::make(std::string_view room_name, std::string title, Room::Kind kind) {
    Room room;
    room.id = base::new_room_id();
    room.name = room_name;
    // Somebody may have made a room of this name before there was ours.
    if (is_taken(room.name)) room.name += '-' + base::random_id().substr(0, 5);
    room.title = std::move(title);
    room.kind = kind;
    room.created_at = clock_.now();
    auto const made = std::make_shared<Room const>(std::move(room));
    if (!write({store::Put{"rooms", made->id.value, room_document(*made)}}))
        base::log::error("a room that is everyone's could not be written yet", {{"room", made->name}});
    put(made);
}

Result<void> Rooms::write(store::Batch batch) { return store::wait_for(store::commit_later(store_, std::move(batch))); }

std::optional<Error> Rooms::refusal_of_more(User const& creator) const {
    if (room_count() >= max_rooms) return Error{Code::conflict, "This server has as many rooms as it takes."};
    if (creator.role < Role::moderator && count_made_by(creator.id) >= max_rooms_made_by_one)
        return Error{Code::conflict, "You have made as many rooms as one person can."};
    return std::nullopt;
}

Result<RoomPtr> Rooms::create(User const& creator, NewRoom request) {
    if (creator.role < Role::member) return Error{Code::forbidden, "Guests can't make rooms."};
    bool const is_derived = request.name.empty();
    auto drafted = draft_room(std::move(request));
    if (!drafted) return drafted.error();
    auto& room = *drafted;
    room.creator = creator.id;
    room.created_at = clock_.now();

    std::lock_guard const order{changing_};
    if (auto refusal = refusal_of_more(creator)) return *refusal;
    if (is_full_of_rooms(creator.id)) return too_many_rooms();
    if (is_derived && is_taken(room.name)) room.name += '-' + base::random_id().substr(0, 5);
    if (is_taken(room.name)) {
        Error error{Code::name_taken, "There is a room of this name."};
        error.fields.emplace("name", "is taken");
        return error;
    }

    auto const made = std::make_shared<Room const>(std::move(room));
    auto const written = write({store::Put{"rooms", made->id.value, room_document(*made)},
                                store::Put{"members", member_key(made->id, creator.id),
                                           member_document({made->id, creator.id, made->created_at})}});
    if (!written) return written.error();
    put(made, {creator.id});
    if (observer_ != nullptr) observer_->room_changed(*made);
    return made;
}

Result<RoomPtr> Rooms::direct(User const& one, User const& other) {
    if (one.id == other.id) return base::invalid_field("username", "must be somebody else");
    if (one.deleted || other.deleted) return Error{Code::not_found, "There is no such account."};
    std::lock_guard const order{changing_};
    if (auto present = find_direct(one.id, other.id)) return present;
    if (room_count() >= max_rooms * 10) return Error{Code::conflict, "This server has as many rooms as it takes."};
    if (is_full_of_rooms(one.id)) return too_many_rooms();
    Room room;
    room.id = base::new_room_id();
    room.name = "dm-" + room.id.value;
    room.kind = Room::Kind::direct;
    room.creator = one.id;
    room.created_at = clock_.now();
    auto const made = std::make_shared<Room const>(std::move(room));
    store::Batch batch{store::Put{"rooms", made->id.value, room_document(*made)}};
    for (auto const* user : {&one, &other}) {
        batch.push_back(store::Put{"members", member_key(made->id, user->id),
                                   member_document({made->id, user->id, made->created_at})});
        batch.push_back(marks_.move_now(user->id, made->id, 0));
    }
    if (auto const written = write(std::move(batch)); !written) return written.error();
    put(made, {one.id, other.id});
    if (observer_ != nullptr) {
        observer_->member_joined(*made, one);
        observer_->member_joined(*made, other);
    }
    return made;
}

Result<RoomPtr> Rooms::change(User const& actor, RoomId const& id, RoomChange change) {
    std::lock_guard const order{changing_};
    auto const before = find(id);
    if (!before || !may_read(actor, *before)) return no_such_room();
    if (!may_manage(actor, *before)) return not_yours();
    auto redrafted = redraft(*before, std::move(change));
    if (!redrafted) return redrafted.error();
    auto const changed = std::make_shared<Room const>(std::move(*redrafted));
    auto const written = write({store::Put{"rooms", id.value, room_document(*changed)}});
    if (!written) return written.error();
    put(changed);
    if (observer_ != nullptr) observer_->room_changed(*changed);
    return changed;
}

Result<void> Rooms::remove(User const& actor, RoomId const& id) {
    RoomPtr room;
    {
        std::lock_guard const order{changing_};
        room = find(id);
        if (!room || !may_read(actor, *room)) return no_such_room();
        if (room->name == lobby_name) return Error{Code::conflict, "The lobby has to stay."};
        if (room->kind == Room::Kind::direct) return Error{Code::conflict, "A direct conversation has to stay."};
        if (!may_manage(actor, *room)) return not_yours();
        if (auto erased = erase(room); !erased) return erased;
    }
    tell_removed({room});
    return {};
}

bool Rooms::is_unreachable(Room const& room) const {
    bool const is_closed = room.kind == Room::Kind::private_ || room.kind == Room::Kind::direct;
    return is_closed && member_count(room) == 0 && invites_.of(room.id).empty();
}

void Rooms::tell_removed(std::vector<RoomPtr> const& rooms) {
    for (auto const& room : rooms) {
        if (observer_ != nullptr) observer_->room_removed(*room);
        if (on_removed) on_removed(room->id);
    }
}

Result<void> Rooms::erase(RoomPtr const& room) {
    auto const& id = room->id;
    // Hidden first: later posts are refused, and those that are queued already are erased with the rest.
    auto const members = take(*room);
    auto const codes = invites_.codes_of(id);
    store::Batch batch{store::Erase{"rooms", id.value}};
    for (auto const& user : members) batch.push_back(store::Erase{"members", member_key(id, user)});
    for (auto const& code : codes) batch.push_back(store::Erase{"invites", code});
    batch.push_back(store::EraseMessages{id});
    batch.push_back(deletions_.forget(id));
    if (auto const written = write(std::move(batch)); !written) {
        put(room, members);
        return written;
    }
    invites_.drop(codes);
    for (auto* const marks : {&marks_, &delivered_, &cleared_}) marks->forget_room(id);
    return {};
}

Result<void> Rooms::enter(User const& user, Room const& room, store::Batch more) {
    if (is_full_of_rooms(user.id)) return too_many_rooms();
    auto present = find(room.id);
    if (present && present->has_expelled(user.id)) {
        Room forgiving = *present;
        std::erase(forgiving.expelled, user.id);
        present = std::make_shared<Room const>(std::move(forgiving));
        more.push_back(store::Put{"rooms", room.id.value, room_document(*present)});
    }
    more.push_back(
        store::Put{"members", member_key(room.id, user.id), member_document({room.id, user.id, clock_.now()})});
    more.push_back(marks_.move_now(user.id, room.id, store_.last_seq(room.id)));
    if (auto const written = write(std::move(more)); !written) return written;
    if (!add(user.id, room.id)) return no_such_room();
    put(present);
    return {};
}

Result<void> Rooms::put_out(UserId const& user, Room const& room, store::Batch more) {
    more.push_back(store::Erase{"members", member_key(room.id, user)});
    if (auto const written = write(std::move(more)); !written) return written;
    drop(user, room.id);
    return {};
}

Result<void> Rooms::join(User const& user, RoomId const& id) {
    auto const room = find(id);
    if (!room || !may_read(user, *room)) return no_such_room();
    return let_in(user, *room, false);
}

Result<void> Rooms::let_in(User const& user, Room const& room, bool again) {
    if (is_member(user.id, room)) return {};
    {
        std::lock_guard const order{changing_};
        if (is_member(user.id, room)) return {};
        if (auto const present = find(room.id); !again && present && present->has_expelled(user.id))
            return Error{Code::forbidden, "You were put out of this room. Those who lead it can let you in again."};
        if (auto const entered = enter(user, room); !entered) return entered;
    }
    if (observer_ != nullptr) observer_->member_joined(room, user);
    return {};
}

Result<void> Rooms::leave(User const& user, RoomId const& id) {
    auto const room = find(id);
    if (!room || !may_read(user, *room)) return no_such_room();
    if (room->name == lobby_name) return Error{Code::conflict, "Everyone stays in the lobby."};
    if (room->kind == Room::Kind::direct) return Error{Code::conflict, "A direct conversation can't be left."};
    bool is_gone = false;
    {
        std::lock_guard const order{changing_};
        if (!is_member(user.id, *room)) return {};
        if (auto const left = put_out(user.id, *room); !left) return left;
        is_gone = is_unreachable(*room) && erase(room);
    }
    if (observer_ != nullptr) observer_->member_left(*room, user.id, false);
    if (is_gone) tell_removed({room});
    return {};
}

Result<void> Rooms::expel(User const& actor, UserId const& user, RoomId const& id) {
    auto const room = find(id);
    if (!room || !may_read(actor, *room)) return no_such_room();
    if (!may_manage(actor, *room)) return not_yours();
    if (room->name == lobby_name || room->kind == Room::Kind::direct)
        return Error{Code::conflict, "Nobody can be put out of this room."};
    auto const target = accounts_.find(user);
    if (!target || !is_member(user, *room)) return Error{Code::not_found, "They are not in this room."};
    // Creators rank above members only; among staff the higher role decides.
    bool const is_above = actor.role > target->role || (room->creator == actor.id && target->role < Role::moderator);
    if (!is_above || target->id == actor.id)
        return Error{Code::forbidden, "You can only put out people below your own role."};
    {
        std::lock_guard const order{changing_};
        auto present = find(id);
        if (!present) return no_such_room();
        store::Batch batch;
        if (!present->has_expelled(user)) {
            Room stricter = *present;
            stricter.expelled.push_back(user);
            if (stricter.expelled.size() > max_expelled) stricter.expelled.erase(stricter.expelled.begin());
            present = std::make_shared<Room const>(std::move(stricter));
            batch.push_back(store::Put{"rooms", id.value, room_document(*present)});
        }
        if (auto const out = put_out(user, *present, std::move(batch)); !out) return out;
        put(present);
    }
    if (observer_ != nullptr) observer_->member_left(*room, user, true);
    return {};
}

Result<void> Rooms::readmit(User const& actor, UserId const& user, RoomId const& id) {
    auto const room = find(id);
    if (!room || !may_read(actor, *room)) return no_such_room();
    if (!may_manage(actor, *room)) return not_yours();
    auto const target = accounts_.find(user);
    if (!target || target->deleted) return Error{Code::not_found, "There is no such account."};
    if (is_member(user, *room)) return {};
    // Others come by themselves, into a private room with an invite.
    if (!room->has_expelled(user)) return Error{Code::conflict, "They were not put out of this room."};
    return let_in(*target, *room, true);
}

void Rooms::forget(UserId const& user) {
    std::vector<RoomPtr> left, gone;
    {
        std::lock_guard const order{changing_};
        store::Batch batch{marks_.forget_user(user), delivered_.forget_user(user), cleared_.forget_user(user)};
        left = drop(user);
        for (auto const& room : left) batch.push_back(store::Erase{"members", member_key(room->id, user)});
        auto const codes = invites_.codes_by(user);
        for (auto const& code : codes) batch.push_back(store::Erase{"invites", code});
        invites_.drop(codes);
        // A membership that stays on disk is dropped at the next start, as its account is gone.
        if (!write(std::move(batch))) base::log::warn("memberships of a deleted account stay on disk for now");
        for (auto const& room : all())
            if (is_unreachable(*room) && erase(room)) gone.push_back(room);
    }
    for (auto const& room : left)
        if (observer_ != nullptr) observer_->member_left(*room, user, false);
    tell_removed(gone);
}

base::Seq Rooms::last_seq(RoomId const& room) const { return store_.last_seq(room); }

base::Seq Rooms::read_seq(UserId const& user, RoomId const& room) const {
    auto const newest = last_seq(room);
    return std::min(marks_.find(user, room).value_or(newest), newest);
}

void Rooms::mark_read(User const& user, Room const& room, base::Seq seq) {
    seq = std::min(seq, last_seq(room.id));
    if (seq == 0 || !is_member(user.id, room) || !marks_.move(user.id, room.id, seq)) return;
    if (observer_ != nullptr) observer_->read_moved(room, user, seq);
}

void Rooms::note_posted(UserId const& user, RoomId const& room, base::Seq seq) { marks_.move(user, room, seq); }

std::size_t Rooms::unread(UserId const& user, RoomId const& room) const {
    auto const newest = last_seq(room);
    auto const mark = marks_.find(user, room);
    if (!mark) {
        // Nobody knows how far they have read: unread messages count from now on.
        marks_.move(user, room, newest);
        return 0;
    }
    if (newest <= *mark) return 0;
    return static_cast<std::size_t>(newest - *mark) - deletions_.count_after(room, *mark);
}

base::Seq Rooms::delivered_seq(UserId const& user, RoomId const& room) const {
    auto const reached = std::max(delivered_.find(user, room).value_or(0), marks_.find(user, room).value_or(0));
    return std::min(reached, last_seq(room));
}

void Rooms::mark_delivered(User const& user, Room const& room, base::Seq seq) {
    if (room.kind != Room::Kind::direct || !is_member(user.id, room)) return;
    seq = std::min(seq, last_seq(room.id));
    if (seq <= delivered_seq(user.id, room.id) || !delivered_.move(user.id, room.id, seq)) return;
    if (observer_ != nullptr) observer_->delivered_moved(room, user, seq);
}

void Rooms::mark_all_delivered(User const& user) {
    for (auto const& room : of(user.id)) mark_delivered(user, *room, last_seq(room->id));
}

base::Seq Rooms::cleared_seq(UserId const& user, Room const& room) const {
    return room.kind == Room::Kind::direct ? cleared_.find(user, room.id).value_or(0) : 0;
}

Result<void> Rooms::clear(User const& user, RoomId const& id) {
    auto const room = find(id);
    if (!room || !may_read(user, *room)) return no_such_room();
    if (room->kind != Room::Kind::direct) return Error{Code::conflict, "Only a direct conversation can be cleared."};
    auto const seq = last_seq(id);
    auto const written = write({cleared_.move_now(user.id, id, seq), marks_.move_now(user.id, id, seq)});
    if (written && observer_ != nullptr) observer_->read_moved(*room, user, seq);
    return written;
}

bool Rooms::shows(UserId const& user, Room const& room) const {
    auto const cleared = cleared_seq(user, room);
    return cleared == 0 || last_seq(room.id) > cleared;
}

void Rooms::flush_read_marks() {
    for (auto* const marks : {&marks_, &delivered_, &cleared_}) marks->flush();
}

}  // namespace soyuz::chat
