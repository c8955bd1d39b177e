#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/room.hpp"
#include "chat/rooms/deletions.hpp"
#include "chat/rooms/invites.hpp"
#include "chat/rooms/read_marks.hpp"
#include "chat/rooms/room_draft.hpp"
#include "chat/rooms/room_index.hpp"
#include "chat/user.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

using base::Result;

class Accounts;
class Observer;

/// Rooms, who is in them, how far each member has read, and invites. Look-ups are those of `RoomIndex`.
///
/// Thread-safe. Look-ups never block; changes wait for the disk and are for workers unless they say otherwise.
/// A private room is `unknown_room` to those who are not in it.
class Rooms : public RoomIndex {
public:
    /// `accounts` says who is in the lobby; its `on_created` is taken.
    Rooms(store::Store& store, Accounts& accounts, base::Clock const& clock);
    ~Rooms();
    /// Set before the server starts.
    void observe(Observer& observer) { observer_ = &observer; }

    using NewRoom = chat::NewRoom;
    using RoomChange = chat::RoomChange;

    Result<RoomPtr> create(User const& creator, NewRoom room);
    /// The direct room of two members, made on first use.
    Result<RoomPtr> direct(User const& one, User const& other);
    /// By the room's creator or a moderator.
    Result<RoomPtr> change(User const& actor, base::RoomId const& id, RoomChange change);
    /// With its messages and files. The lobby can't go (conflict).
    Result<void> remove(User const& actor, base::RoomId const& id);

    /// Errors: unknown_room; forbidden for whoever was put out.
    Result<void> join(User const& user, base::RoomId const& id);
    /// A private room goes with the last who leaves it, unless somebody is invited.
    Result<void> leave(User const& user, base::RoomId const& id);
    /// Puts somebody out; by the room's creator or a moderator. They can't join, and no invite lets them in, until
    /// somebody lets them in again.
    Result<void> expel(User const& actor, base::UserId const& user, base::RoomId const& id);
    /// Lets somebody in again who was put out; by the same. Errors: conflict where they were not.
    Result<void> readmit(User const& actor, base::UserId const& user, base::RoomId const& id);

    base::Seq last_seq(base::RoomId const& room) const;
    base::Seq read_seq(base::UserId const& user, base::RoomId const& room) const;
    /// Never moves back, never beyond the newest message. Doesn't block: durable within seconds, and at stop.
    void mark_read(User const& user, Room const& room, base::Seq seq);
    /// One's own message is read: moves the mark without telling anyone. Doesn't block.
    void note_posted(base::UserId const& user, base::RoomId const& room, base::Seq seq);
    std::size_t unread(base::UserId const& user, base::RoomId const& room) const;
    /// How far a direct room has reached one of its two: what they have read has reached them, too.
    base::Seq delivered_seq(base::UserId const& user, base::RoomId const& room) const;
    /// As `mark_read`; of direct rooms alone.
    void mark_delivered(User const& user, Room const& room, base::Seq seq);
    /// All that waits for somebody in their direct rooms has reached them.
    void mark_all_delivered(User const& user);
    /// What somebody has cleared of a direct room for themselves: they see what comes after it. 0: nothing.
    base::Seq cleared_seq(base::UserId const& user, Room const& room) const;
    /// Clears a direct room for one of its two; the other keeps it. Errors: unknown_room, conflict.
    Result<void> clear(User const& user, base::RoomId const& id);
    /// Does a list of their rooms name it? One that they cleared comes back with the next message.
    bool shows(base::UserId const& user, Room const& room) const;
    /// Writes the marks that moved; called every few seconds by a worker and at stop.
    void flush_read_marks();

    Deletions& deletions() { return deletions_; }

    Invites& invites() { return invites_; }
    Invites const& invites() const { return invites_; }

    /// Everything of a deleted account but its messages. Rooms that nobody can reach then go, with their messages.
    void forget(base::UserId const& user);

    /// Runs once a room is gone, on the thread that removed it. Set before the server starts.
    std::function<void(base::RoomId const&)> on_removed;

private:
    friend class Invites;  // letting somebody in is a change of a room, too

    static base::Error no_such_room();
    static base::Error not_yours();

    void load();
    /// A room that is everyone's.
    void make(std::string_view room_name, std::string title, Room::Kind kind);
    Result<void> write(store::Batch batch);
    /// Why the server, or this creator, can't have another room.
    std::optional<base::Error> refusal_of_more(User const& creator) const;
    /// Puts somebody in, along with `more`. The caller holds `changing_`, for both of these.
    Result<void> enter(User const& user, Room const& room, store::Batch more = {});
    Result<void> put_out(base::UserId const& user, Room const& room, store::Batch more = {});
    /// Lets somebody in who isn't, and tells.
    /// `again`: also where they were put out.
    Result<void> let_in(User const& user, Room const& room, bool again);
    /// Takes a room and its messages away. The caller holds `changing_`, for these two as well.
    Result<void> erase(RoomPtr const& room);
    /// Is it closed to everybody, with nobody in it and no invite to it?
    bool is_unreachable(Room const& room) const;
    void tell_removed(std::vector<RoomPtr> const& rooms);

    store::Store& store_;
    Accounts& accounts_;
    base::Clock const& clock_;
    Observer* observer_ = nullptr;
    mutable ReadMarks marks_;
    ReadMarks delivered_, cleared_;
    Deletions deletions_;
    /// One change at a time, also while it is written; look-ups don't take it.
    std::mutex changing_;
    Invites invites_;
};

}  // namespace soyuz::chat
