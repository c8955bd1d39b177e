#pragma once

#include <cstddef>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/ids.hpp"
#include "chat/room.hpp"
#include "chat/user.hpp"

namespace soyuz::chat {

class Accounts;

/// All rooms and who is in them, in memory. Thread-safe; look-ups never block. `Rooms` decides who may change it.
class RoomIndex {
public:
    static constexpr std::string_view lobby_name = "lobby";  ///< exists from the start; everyone is in it
    RoomPtr lobby() const;
    static constexpr std::string_view board_name = "posts";
    /// Holds posts and their comments; everyone is in it, and no list of rooms names it.
    RoomPtr board() const;

    RoomPtr find(std::string_view name_or_id) const;
    RoomPtr find(base::RoomId const& id) const;
    /// `find` for somebody: null as well when it is not theirs to know, or no room to chat in.
    RoomPtr find_for(User const& user, std::string_view name_or_id) const;
    bool is_member(base::UserId const& user, Room const& room) const;
    bool may_read(User const& user, Room const& room) const;
    bool may_manage(User const& user, Room const& room) const;
    std::vector<RoomPtr> all() const;
    std::vector<RoomPtr> visible_to(User const& user) const;  ///< public ones and their own
    std::vector<RoomPtr> of(base::UserId const& user) const;  ///< those they are in
    std::vector<base::UserId> members(Room const& room) const;
    std::size_t member_count(Room const& room) const;
    /// The direct room of two; null where they have none yet.
    RoomPtr find_direct(base::UserId const& one, base::UserId const& other) const;

protected:
    explicit RoomIndex(Accounts const& accounts) : accounts_(accounts) {}
    ~RoomIndex() = default;

    /// Adds a room, or gives it a new state, along with new members.
    void put(RoomPtr const& room, std::vector<base::UserId> const& members = {});
    /// Removes a room and gives its members.
    std::vector<base::UserId> take(Room const& room);
    bool add(base::UserId const& user, base::RoomId const& room);  ///< false where there is no such room
    void drop(base::UserId const& user, base::RoomId const& room);
    /// Takes somebody out of all rooms, and gives these.
    std::vector<RoomPtr> drop(base::UserId const& user);

    bool is_taken(std::string const& name) const;
    std::size_t room_count() const;
    std::size_t count_made_by(base::UserId const& creator) const;  ///< without direct rooms
    bool is_full_of_rooms(base::UserId const& user) const;

private:
    struct State {
        RoomPtr room;
        std::unordered_set<base::UserId> members;
    };

    static bool is_everyones(Room const& room) { return room.name == lobby_name || room.kind == Room::Kind::board; }
    /// The caller holds `mutex_` alone.
    void insert(State& state, base::UserId const& user);

    Accounts const& accounts_;
    mutable std::shared_mutex mutex_;  ///< guards what follows
    RoomPtr lobby_, board_;
    std::unordered_map<base::RoomId, State> rooms_;
    std::unordered_map<std::string, base::RoomId> by_name_;
    std::unordered_map<base::UserId, std::set<base::RoomId>> rooms_of_;
    std::unordered_map<std::string, base::RoomId> direct_rooms_;  ///< by both members
};

}  // namespace soyuz::chat
