#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/ids.hpp"
#include "chat/message.hpp"
#include "chat/user.hpp"
#include "watch/assignment.hpp"
#include "watch/notification.hpp"
#include "watch/stream.hpp"

namespace soyuz::chat {
class Accounts;
}
namespace soyuz::watch {
class Watch;
}

/// Watched streams as clients of this family write them.
namespace soyuz::dialects::monitor {

/// "offline", "online" or "monitoring": what failed is offline to them.
std::string status_of(watch::Stream const& stream);
/// `{id, room_url, streamer_username, platform, status, is_monitored, assignments}`
nlohmann::json stream_json(watch::Stream const& stream, watch::Watch const& watch, chat::Accounts const& accounts);
/// `{id, agent_id, stream_id, created_at, assigned_by, notes, priority, status}`
nlohmann::json assignment_json(watch::Assignment const& assignment, chat::Accounts const& accounts);
/// `{id, event_type, timestamp, details, read, room_url, streamer, platform, assigned_agent}`, as `reader` sees it.
nlohmann::json notification_json(watch::Notification const& notification, base::UserId const& reader,
                                 watch::Watch const& watch, chat::Accounts const& accounts);
/// `{id, username, email, role, online, created_at}`
nlohmann::json agent_json(chat::User const& agent, watch::Watch const& watch);
/// `{id, sender_id, receiver_id, message, timestamp, read, is_system, sender_username, receiver_username}`
nlohmann::json message_json(chat::Message const& message, chat::User const& receiver, bool is_read);

}  // namespace soyuz::dialects::monitor
