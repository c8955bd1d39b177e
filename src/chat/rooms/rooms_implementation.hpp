#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "chat/accounts/accounts.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/read_marks.hpp"
#include "chat/rooms/room_records.hpp"
#include "chat/rooms/rooms.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

using base::Code;
using base::Error;
using base::RoomId;
using base::UserId;

Error no_such_room();
Error not_yours();
Error too_many_rooms();

/// Direct rooms are found by their two members.
std::string pair_key(UserId const& one, UserId const& other);

/// What changing rooms, coming and going, and inviting share. Private to `Rooms`.
struct Rooms::Implementation {
    static constexpr std::size_t max_rooms = 10'000;

    struct State {
        RoomPtr room;
        std::unordered_set<UserId> members;
    };

    Implementation(store::Store& where, Accounts& who, base::Clock const& time);

    void load();
    void make_lobby();
    Result<void> write(store::Batch batch);

    // The caller of these four holds `mutex` alone, or nobody else is there yet.
    void show(RoomPtr const& room);
    void add(UserId const& user, RoomId const& room);
    void drop(UserId const& user, RoomId const& room);
    void hide(RoomPtr const& room);

    RoomPtr find(RoomId const& id) const;
    bool contains(UserId const& user, Room const& room) const;
    bool is_full_of_rooms(UserId const& user) const;
    /// Why the server, or this creator, can't have another room.
    std::optional<Error> refusal_of_more(User const& creator) const;

    /// Puts somebody in, along with `more`. The caller holds `changing`, for both of these.
    Result<void> enter(User const& user, Room const& room, store::Batch more = {});
    Result<void> put_out(UserId const& user, Room const& room);

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

}  // namespace soyuz::chat
