#include "chat/rooms/room_draft.hpp"

#include <utility>

#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "base/visible_text.hpp"
#include "chat/names.hpp"
#include "chat/rooms/room_index.hpp"

namespace soyuz::chat {

using base::Code;
using base::Error;

namespace {

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

std::string tidy(std::string const& text) { return base::is_valid_utf8(text) ? base::tidy_line(text) : text; }

}  // namespace

base::Result<Room> draft_room(NewRoom request) {
    Room room;
    room.title = tidy(request.title);
    room.topic = tidy(request.topic);
    if (auto fault = fault_of(room.title, room.topic)) return std::move(*fault);
    if (auto fault = fault_of(request.settings)) return std::move(*fault);
    if (request.kind == Room::Kind::direct || request.kind == Room::Kind::board)
        return base::invalid_field("kind", "must be public, private or live");
    room.name = std::move(request.name);
    if (room.name.empty()) {
        if (room.title.empty()) return base::invalid_field("name", "must be given, or a title");
        room.name = room_name_from(room.title);
        if (room.name.empty()) room.name = "room-" + base::random_id().substr(0, 6);
    } else if (auto fault = fault_of_room_name(room.name)) {
        return base::invalid_field("name", std::move(*fault));
    }
    if (room.title.empty()) room.title = room.name;
    room.id = base::new_room_id();
    room.kind = request.kind;
    room.settings = request.settings;
    return room;
}

base::Result<Room> redraft(Room room, RoomChange change) {
    if (change.title) room.title = tidy(*change.title);
    if (change.topic) room.topic = tidy(*change.topic);
    if (auto fault = fault_of(room.title, room.topic)) return std::move(*fault);
    if (room.title.empty() && room.kind != Room::Kind::direct) return base::invalid_field("title", "must not be empty");
    if (change.settings) {
        if (auto fault = fault_of(*change.settings)) return std::move(*fault);
        room.settings = *change.settings;
    }
    if (change.kind && *change.kind != room.kind) {
        for (auto const fixed : {Room::Kind::direct, Room::Kind::live, Room::Kind::board})
            if (room.kind == fixed || *change.kind == fixed)
                return base::invalid_field("kind", "can't be changed to or from " + std::string{name(fixed)});
        if (room.name == RoomIndex::lobby_name) return Error{Code::conflict, "The lobby is open to everyone."};
        room.kind = *change.kind;
    }
    return room;
}

}  // namespace soyuz::chat
