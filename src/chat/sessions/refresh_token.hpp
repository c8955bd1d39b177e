#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chat/sessions/tickets.hpp"

namespace soyuz::chat {

/// What a refresh token says: whose it is, and which of those that the session has had. It is written as
/// "<session>.<generation>.<proof>", so that one number kept with the session tells the token in force from those that
/// were used before.
struct RefreshClaims {
    SessionId session;
    std::uint64_t generation = 0;
};

std::string make_refresh_token(RefreshClaims const& claims, std::string_view secret);
/// None where the proof is wrong.
std::optional<RefreshClaims> verify_refresh_token(std::string_view token, std::string_view secret);

}  // namespace soyuz::chat
