#pragma once

#include <nlohmann/json_fwd.hpp>

#include "chat/room.hpp"

namespace soyuz::web {

class Call;
struct SiteContext;

/// The live room that a path names. Refuses: unknown_room, for rooms of another kind too.
chat::RoomPtr live_room(SiteContext& site, Call const& call, std::string_view name);
/// The same for who may lead it. Refuses: forbidden.
chat::RoomPtr led_live_room(SiteContext& site, Call const& call, std::string_view name);

/// The stages of the live rooms that the caller may see: those on air first, then those to come, then the rest.
nlohmann::json stages_json(SiteContext& site, Call const& call);
nlohmann::json stage_of(SiteContext& site, chat::Room const& room);
nlohmann::json gift_kinds_json();
/// Reads `{threshold}`: the score from which messages count as toxic, in all live rooms.
void set_toxic_threshold(SiteContext& site, Call& call);

}  // namespace soyuz::web
