#pragma once

#include <string_view>

#include "chat/rooms/rooms.hpp"
#include "web/http/call.hpp"

namespace soyuz::web {

struct SiteContext;

/// The room named in the path or elsewhere, as the caller may know of it. Refuses: unknown_room.
chat::RoomPtr room_for(SiteContext& site, Call const& call, std::string_view name_or_id);
/// The same for one that the caller may change. Refuses: unknown_room, forbidden.
chat::RoomPtr managed_room(SiteContext& site, Call const& call, std::string_view name_or_id);

}  // namespace soyuz::web
