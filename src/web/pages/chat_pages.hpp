#pragma once

#include <nlohmann/json_fwd.hpp>

#include "chat/room.hpp"

namespace soyuz::web {

class Call;
struct SiteContext;

/// What the chat of a room shows, and `boot`, what its script begins with. The caller becomes a member of an open room.
/// Refuses what they may not read; throws jinja::TemplateError where a row's template is wrong.
nlohmann::json chat_context(SiteContext& site, Call& call, chat::RoomPtr const& room);

}  // namespace soyuz::web
