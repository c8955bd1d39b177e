#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "chat/room.hpp"

/// Checks of names, titles, topics and settings of rooms.
namespace soyuz::chat {

/// Longest slow mode that a room may have.
inline constexpr std::chrono::hours max_slow_mode{6};

struct NewRoom {
    std::string name;  ///< "" derives it from the title
    std::string title;
    std::string topic;
    Room::Kind kind = Room::Kind::public_;
    RoomSettings settings;
};

struct RoomChange {
    std::optional<std::string> title, topic;
    std::optional<Room::Kind> kind;
    std::optional<RoomSettings> settings;
};

/// A room with an id of its own, without creator and time. Error: invalid_value with the field.
base::Result<Room> draft_room(NewRoom request);
/// `room` with the change. Errors: invalid_value with the field, conflict for the lobby's kind.
base::Result<Room> redraft(Room room, RoomChange change);

}  // namespace soyuz::chat
