#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace soyuz::web {

/// The rooms at the side as the page shows them first: [{title, rooms}], where `title` is a key of the catalogue. What
/// wants to be read comes first, then rooms, then conversations of two; each in natural order ("Group 2" before "Group
/// 10") with the lobby before all, or, `by_time`, the one first whose `last_at` is newest. The script has the same
/// rules (browser/src/chat/rooms/room_order.ts).
nlohmann::json room_sections(nlohmann::json const& rooms, std::string const& language, bool by_time = false);

}  // namespace soyuz::web
