#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/user.hpp"

namespace soyuz::chat {

struct RoomSettings {
    /// Least time between two messages of a member; moderators and the creator are exempt.
    std::chrono::seconds slow_mode{0};
    bool locked = false;  ///< only moderators and the creator write
};

/// A room as it stands. Immutable: a change makes a new one.
struct Room {
    enum class Kind { public_, private_, direct, live, board };  ///< board: the one that holds posts and comments

    /// May everybody read along and become a member?
    bool is_open() const { return kind == Kind::public_ || kind == Kind::live; }

    /// Does `user` lead it, given that they may read it? Direct conversations have no leader.
    bool is_led_by(User const& user) const {
        return kind != Kind::direct && (user.role >= Role::moderator || creator == user.id);
    }

    bool has_expelled(base::UserId const& user) const;

    base::RoomId id;
    std::string name;  ///< its address: lower-case letters, digits and dashes
    std::string title;
    std::string topic;
    Kind kind = Kind::public_;
    RoomSettings settings;
    base::UserId creator;
    base::Timestamp created_at{};
    std::vector<base::UserId> expelled;  ///< put out: they can't join, and no invite lets them in
};
using RoomPtr = std::shared_ptr<Room const>;

/// As it is spelled on the wire and on disk: "public", "private", "direct", "live" or "board".
std::string_view name(Room::Kind kind);

}  // namespace soyuz::chat
