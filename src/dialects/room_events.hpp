#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "chat/message.hpp"

/// What clients of the one public room hear: each function gives the text of one frame.
namespace soyuz::dialects::room_events {

std::string message(chat::Message const& message);
/// A line of the server's own, which is not kept.
std::string notice(std::string_view text, base::Timestamp now);
std::string online_users(std::size_t count);
std::string typing(std::string_view username, bool on);

}  // namespace soyuz::dialects::room_events
