#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "chat/user.hpp"
#include "watch/assignment.hpp"
#include "watch/audience.hpp"
#include "watch/detection.hpp"
#include "watch/detections.hpp"
#include "watch/notification.hpp"
#include "watch/stream.hpp"
#include "watch/transcripts.hpp"
#include "watch/watchlist.hpp"

namespace soyuz::chat {
class Accounts;
class Rooms;
}  // namespace soyuz::chat
namespace soyuz::watch {
class Watch;
}

/// Watched streams as they stand on the wire.
namespace soyuz::contract {

/// `{id, url, room, platform, streamer_username, notes, priority, tags, state, is_monitored, reason, …, assignments,
/// newest_detection, picture_url}`; `room` is the name of a live room of this server, or null.
nlohmann::json watched_stream_json(watch::Stream const& stream, watch::Watch const& watch,
                                   chat::Accounts const& accounts, chat::Rooms const& rooms);
/// `{id, agent, stream_id, created_at, ended_at, assigned_by, notes, priority, status}`
nlohmann::json assignment_json(watch::Assignment const& assignment, chat::Accounts const& accounts);
/// `{id, username, display_name, avatar_url, role, online, created_at, streams, figures}`; times in milliseconds.
nlohmann::json agent_json(chat::User const& agent, watch::Watch const& watch);
/// `{id, stream_id, kind, subjects, username, message_id, text, score, sentiment, boxes, picture_url, severity, count,
/// at, last_at, times, case_id, acknowledged_by, acknowledged_at, decided_by, decided_at, upheld}`
nlohmann::json detection_json(watch::Detection const& detection, chat::Accounts const& accounts);
/// As `reader` sees it: `{id, event_type, at, stream_id, room_url, streamer_username, platform, details, count, read,
/// acknowledged_by, acknowledged_at, detection_id}`
nlohmann::json notification_json(watch::Notification const& notification, base::UserId const& reader,
                                 chat::Accounts const& accounts);
nlohmann::json keyword_json(watch::Keyword const& keyword);
nlohmann::json watched_object_json(watch::WatchedObject const& object);
/// `{at, text, seconds, words:[{w, p}]}`
nlohmann::json spoken_json(watch::Spoken const& spoken);

namespace events {

/// `notification {notification}`
std::string notification(watch::Notification const& notification, chat::Accounts const& accounts);
/// `notification_update {id, change, count}`
std::string notification_update(watch::Notification const& notification, watch::NotificationChange change);
/// `stream {action, stream}`
std::string stream(watch::Stream const& stream, watch::StreamAction action, watch::Watch const& watch,
                   chat::Accounts const& accounts, chat::Rooms const& rooms);

}  // namespace events

}  // namespace soyuz::contract
