#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/user.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::chat {

using base::Result;

class Accounts;
class Observer;

/// Longest slow mode that a room may have.
inline constexpr std::chrono::hours max_slow_mode{6};

struct RoomSettings {
    std::chrono::seconds slow_mode{
        0};               ///< least time between one member's messages; moderators and the creator are exempt
    bool locked = false;  ///< only moderators and the creator write
};

/// A room as it stands. Immutable: a change makes a new one.
struct Room {
    enum class Kind { open, closed, direct, live };  ///< spelled public, private, direct, live outside

    base::RoomId id;
    std::string name;  ///< its address: lower-case letters, digits and dashes
    std::string title;
    std::string topic;
    Kind kind = Kind::open;
    RoomSettings settings;
    base::UserId creator;
    base::Timestamp created_at{};
};
using RoomPtr = std::shared_ptr<Room const>;

std::string_view name(Room::Kind kind);

struct Invite {
    std::string code;
    base::RoomId room;
    base::UserId inviter;
    base::Timestamp expires_at{};
    std::size_t uses_left = 0;
};

/// Rooms, who is in them, how far each member has read, and invites.
///
/// Thread-safe. Look-ups never block; changes wait for the disk and are for workers unless they say otherwise.
/// A private room is `unknown_room` to those who are not in it.
class Rooms {
public:
    /// `accounts` says who is in the lobby; its `on_created` is taken.
    Rooms(store::Store& store, Accounts& accounts, base::Clock const& clock);
    ~Rooms();
    /// Set before the server starts.
    void observe(Observer& observer);

    static constexpr std::string_view lobby_name = "lobby";  ///< exists from the start; everyone is in it
    RoomPtr lobby() const;

    struct NewRoom {
        std::string name;
        std::string title;
        std::string topic;
        Room::Kind kind = Room::Kind::open;
        RoomSettings settings;
    };
    Result<RoomPtr> create(User const& creator, NewRoom room);
    /// The direct room of two members, made on first use.
    Result<RoomPtr> direct(User const& one, User const& other);
    struct RoomChange {
        std::optional<std::string> title, topic;
        std::optional<Room::Kind> kind;
        std::optional<RoomSettings> settings;
    };
    /// By the room's creator or a moderator.
    Result<RoomPtr> change(User const& actor, base::RoomId const& id, RoomChange change);
    /// With its messages. The lobby can't go (conflict).
    Result<void> remove(User const& actor, base::RoomId const& id);

    Result<void> join(User const& user, base::RoomId const& id);
    Result<void> leave(User const& user, base::RoomId const& id);
    /// Puts somebody out; by the room's creator or a moderator.
    Result<void> expel(User const& actor, base::UserId const& user, base::RoomId const& id);

    RoomPtr find(std::string_view name_or_id) const;
    RoomPtr find(base::RoomId const& id) const;
    /// `find` for somebody: null as well when it is not theirs to know.
    RoomPtr find_for(User const& user, std::string_view name_or_id) const;
    bool is_member(base::UserId const& user, Room const& room) const;
    bool may_read(User const& user, Room const& room) const;
    bool may_manage(User const& user, Room const& room) const;
    std::vector<RoomPtr> visible_to(User const& user) const;  ///< public ones and their own
    std::vector<RoomPtr> of(base::UserId const& user) const;  ///< those they are in
    std::vector<base::UserId> members(Room const& room) const;
    std::size_t member_count(Room const& room) const;

    base::Seq last_seq(base::RoomId const& room) const;
    base::Seq read_seq(base::UserId const& user, base::RoomId const& room) const;
    /// Never moves back, never beyond the newest message. Doesn't block: durable within seconds, and at stop.
    void mark_read(User const& user, Room const& room, base::Seq seq);
    /// One's own message is read: moves the mark without telling anyone. Doesn't block.
    void note_posted(base::UserId const& user, base::RoomId const& room, base::Seq seq);
    std::size_t unread(base::UserId const& user, base::RoomId const& room) const;
    /// Writes the read marks that moved; called every few seconds by a worker and at stop.
    void flush_read_marks();

    Result<Invite> invite(User const& actor, base::RoomId const& room, std::chrono::hours lifetime, std::size_t uses);
    std::optional<Invite> find_invite(std::string_view code) const;  ///< only while it can still be used
    Result<RoomPtr> redeem(User const& user, std::string_view code);
    std::vector<Invite> invites(base::RoomId const& room) const;

    /// Everything of a deleted account but its messages.
    void forget(base::UserId const& user);

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::chat
