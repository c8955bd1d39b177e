#pragma once

#include <array>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "realtime/dialect.hpp"
#include "watch/audience.hpp"
#include "watch/stream.hpp"

/// What clients of watched streams hear: the text of one frame each, in the namespace "/".
namespace soyuz::dialects::monitor {

using realtime::Dialect;

inline constexpr std::string_view notifications_name_space = "/notifications", messages_name_space = "/messages";

/// "" for "/".
std::string_view name_space_of(Dialect dialect);
/// The text of a frame of "/" as one of another namespace.
std::string in_name_space(std::string text, std::string_view name_space);

/// Where an event goes to.
inline constexpr std::array notification_dialects{Dialect::monitor, Dialect::monitor_notifications};
inline constexpr std::array message_dialects{Dialect::monitor, Dialect::monitor_messages};
inline constexpr std::array all_dialects{Dialect::monitor, Dialect::monitor_notifications, Dialect::monitor_messages};
constexpr bool is_monitor(Dialect dialect) {
    return dialect == Dialect::monitor || dialect == Dialect::monitor_notifications ||
           dialect == Dialect::monitor_messages;
}

namespace events {

std::string any(std::string_view name, nlohmann::json const& data);
std::string notification_update(std::string_view id, watch::NotificationChange change);
std::string stream_status(watch::Stream const& stream);
std::string stream_update(watch::Stream const& stream, watch::StreamAction action);
std::string typing(std::string_view sender, bool on);
std::string user_status(std::string_view id, std::string_view username, bool online);
std::string room(std::string_view event, std::string_view room);

}  // namespace events

}  // namespace soyuz::dialects::monitor
