#pragma once

#include <string>

#include "base/ids.hpp"

/// Audiences that are no rooms. Connections follow them in their dialect as they follow rooms; no room's id holds a
/// colon.
namespace soyuz::dialects::topics {

/// All connections of an account.
inline base::RoomId of_account(base::UserId const& user) { return base::RoomId{"account:" + user.value}; }
/// All connections of a dialect.
inline base::RoomId everybody() { return base::RoomId{"dialect:everybody"}; }
/// Those of moderators.
inline base::RoomId moderators() { return base::RoomId{"dialect:moderators"}; }

}  // namespace soyuz::dialects::topics
