#include "contract/watch_shapes.hpp"

#include <optional>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/shapes.hpp"
#include "watch/detection_details.hpp"
#include "watch/watch.hpp"

namespace soyuz::contract {

using base::Json;

namespace {

Json time_json(std::optional<base::Timestamp> const& time) { return time ? Json(base::to_rfc3339(*time)) : Json{}; }

Json person_json(chat::Accounts const& accounts, base::UserId const& id) {
    auto const user = id.empty() ? nullptr : accounts.find(id);
    if (!user || user->deleted) return nullptr;
    return {{"id", user->id.value},
            {"username", user->username},
            {"display_name", user->display_name},
            {"avatar_url", avatar_url(*user)}};
}

}  // namespace

Json watched_stream_json(watch::Stream const& stream, watch::Watch const& watch, chat::Accounts const& accounts,
                         chat::Rooms const& rooms) {
    auto const room = stream.is_own() ? rooms.find(stream.room) : nullptr;
    auto assignments = Json::array();
    for (auto const& each : watch.assignments.list(stream.id, {}, false))
        assignments.push_back(assignment_json(*each, accounts));
    auto const newest = watch.detections.newest_of(stream.id);
    bool const has_picture = watch.evidence.find(stream.id, watch::Evidence::last).has_value();
    return {{"id", stream.id},
            {"url", stream.url},
            {"room", room ? Json(room->name) : Json{}},
            {"platform", stream.platform},
            {"streamer_username", stream.streamer},
            {"notes", stream.notes},
            {"priority", name(stream.priority)},
            {"tags", stream.tags},
            {"state", name(stream.state)},
            {"is_monitored", stream.is_wanted},
            {"reason", stream.reason},
            {"added_by", person_json(accounts, stream.added_by)},
            {"added_at", base::to_rfc3339(stream.added_at)},
            {"online_since", time_json(stream.online_since)},
            {"seen_at", time_json(stream.seen_at)},
            {"picture_url", has_picture ? Json("/api/v1/streams/" + stream.id + "/picture") : Json{}},
            {"newest_detection", newest ? detection_json(*newest, accounts) : Json{}},
            {"assignments", std::move(assignments)}};
}

Json assignment_json(watch::Assignment const& assignment, chat::Accounts const& accounts) {
    return {{"id", assignment.id},
            {"agent", person_json(accounts, assignment.agent)},
            {"stream_id", assignment.stream},
            {"assigned_by", person_json(accounts, assignment.assigned_by)},
            {"notes", assignment.notes},
            {"priority", name(assignment.priority)},
            {"created_at", base::to_rfc3339(assignment.created_at)},
            {"ended_at", time_json(assignment.ended_at)},
            {"status", assignment.is_active() ? "active" : "ended"}};
}

Json agent_json(chat::User const& agent, watch::Watch const& watch) {
    auto const figures = watch.detections.figures_of(agent.id);
    auto json = user_json(agent, watch.presence().is_online(agent.id));
    json["streams"] = watch.assignments.streams_of(agent.id);
    json["figures"] = {{"acknowledged", figures.acknowledged},
                       {"decided", figures.decided},
                       {"upheld", figures.upheld},
                       {"to_acknowledge_ms", figures.to_acknowledge.count()},
                       {"to_decide_ms", figures.to_decide.count()}};
    return json;
}

Json detection_json(watch::Detection const& detection, chat::Accounts const& accounts) {
    auto const& alert = detection.alert;
    auto boxes = Json::array();
    for (auto const& box : alert.boxes)
        boxes.push_back({{"class", box.label},
                         {"confidence", box.confidence},
                         {"left", box.left},
                         {"top", box.top},
                         {"width", box.width},
                         {"height", box.height}});
    auto times = Json::array();
    for (auto const time : detection.times) times.push_back(base::to_rfc3339(time));
    return {{"id", detection.id},
            {"stream_id", alert.stream},
            {"kind", name(alert.finding)},
            {"subjects", alert.subjects},
            {"username", alert.person},
            {"message_id", alert.message ? Json(base::to_string(*alert.message)) : Json{}},
            {"text", alert.text},
            {"score", alert.score},
            {"sentiment", alert.sentiment},
            {"boxes", std::move(boxes)},
            {"picture_url", detection.has_picture ? Json(watch::picture_url(detection)) : Json{}},
            {"severity", judge::name(detection.severity)},
            {"count", detection.count},
            {"at", base::to_rfc3339(detection.at)},
            {"last_at", base::to_rfc3339(detection.last_at)},
            {"times", std::move(times)},
            {"case_id", detection.case_id},
            {"acknowledged_by", person_json(accounts, detection.acknowledged_by)},
            {"acknowledged_at", time_json(detection.acknowledged_at)},
            {"decided_by", person_json(accounts, detection.decided_by)},
            {"decided_at", time_json(detection.decided_at)},
            {"upheld", detection.decided_at ? Json(detection.was_upheld) : Json{}}};
}

Json notification_json(watch::Notification const& notification, base::UserId const& reader,
                       chat::Accounts const& accounts) {
    return {{"id", notification.id},
            {"event_type", notification.event_type},
            {"at", base::to_rfc3339(notification.at)},
            {"stream_id", notification.stream.empty() ? Json{} : Json(notification.stream)},
            {"room_url", notification.room_url},
            {"streamer_username", notification.streamer},
            {"platform", notification.platform},
            {"details", notification.details},
            {"detection_id", notification.detection.empty() ? Json{} : Json(notification.detection)},
            {"count", notification.count},
            {"read", watch::Notifications::is_read(notification, reader)},
            {"acknowledged_by", person_json(accounts, notification.acknowledged_by)},
            {"acknowledged_at", time_json(notification.acknowledged_at)}};
}

Json keyword_json(watch::Keyword const& keyword) {
    return {{"id", keyword.id}, {"keyword", keyword.text}, {"added_at", base::to_rfc3339(keyword.added_at)}};
}

Json watched_object_json(watch::WatchedObject const& object) {
    return {{"id", object.id},
            {"object_name", object.label},
            {"confidence_threshold", object.threshold},
            {"added_at", base::to_rfc3339(object.added_at)}};
}

Json spoken_json(watch::Spoken const& spoken) {
    auto words = Json::array();
    for (auto const& word : spoken.words) words.push_back({{"w", word.text}, {"p", word.confidence}});
    return {{"at", base::to_rfc3339(spoken.at)},
            {"text", spoken.text},
            {"seconds", spoken.seconds},
            {"words", std::move(words)}};
}

namespace events {

std::string notification(watch::Notification const& notification, chat::Accounts const& accounts) {
    return base::to_text({{"type", "notification"}, {"notification", notification_json(notification, {}, accounts)}});
}

std::string notification_update(watch::Notification const& notification, watch::NotificationChange change) {
    return base::to_text({{"type", "notification_update"},
                          {"id", notification.id},
                          {"change", name(change)},
                          {"count", notification.count}});
}

std::string stream(watch::Stream const& stream, watch::StreamAction action, watch::Watch const& watch,
                   chat::Accounts const& accounts, chat::Rooms const& rooms) {
    return base::to_text({{"type", "stream"},
                          {"action", name(action)},
                          {"stream", watched_stream_json(stream, watch, accounts, rooms)}});
}

}  // namespace events

}  // namespace soyuz::contract
