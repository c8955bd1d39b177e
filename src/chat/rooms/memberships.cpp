#include <algorithm>

#include "base/log.hpp"
#include "chat/rooms/rooms_implementation.hpp"

/// Who comes into a room and who goes, and how far they have read.
namespace soyuz::chat {

Result<void> Rooms::Implementation::enter(User const& user, Room const& room, store::Batch more) {
    if (is_full_of_rooms(user.id)) return too_many_rooms();
    more.push_back(
        store::Put{"members", member_key(room.id, user.id), member_document({room.id, user.id, clock.now()})});
    more.push_back(marks.move_now(user.id, room.id, store.last_seq(room.id)));
    if (auto const written = write(std::move(more)); !written) return written;
    std::unique_lock const lock{mutex};
    if (!rooms.contains(room.id)) return no_such_room();
    add(user.id, room.id);
    return {};
}

Result<void> Rooms::Implementation::put_out(UserId const& user, Room const& room) {
    if (auto const written = write({store::Erase{"members", member_key(room.id, user)}}); !written) return written;
    std::unique_lock const lock{mutex};
    drop(user, room.id);
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

}  // namespace soyuz::chat
