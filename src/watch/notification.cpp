#include "watch/notification.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "base/json_members.hpp"

namespace soyuz::watch {

namespace {

constexpr std::array<std::string_view, 11> event_types{
    "object_detection", "audio_detection", "chat_keyword_detection", "chat_sentiment_detection", "stream_status_update",
    "stream_created",   "stream_deleted",  "stream_assigned",        "stream_unassigned",        "assignment_updated",
    "system_alert"};

std::set<base::UserId> users(base::Members const& fields, char const* key) {
    std::set<base::UserId> found;
    for (auto& each : fields.texts(key)) found.insert(base::UserId{std::move(each)});
    return found;
}

void add_users(base::Json& json, char const* key, std::set<base::UserId> const& list) {
    for (auto const& each : list) json[key].push_back(each.value);
}

}  // namespace

bool is_event_type(std::string_view text) {
    return std::find(event_types.begin(), event_types.end(), text) != event_types.end();
}

std::optional<Notification> Notification::parse(std::string const& id, nlohmann::json const& json) {
    base::Members const fields{json};
    Notification notification;
    notification.id = id;
    notification.event_type = fields.text("event_type");
    if (notification.event_type.empty()) return std::nullopt;
    notification.at = fields.time("at").value_or(base::Timestamp{});
    notification.stream = fields.text("stream");
    notification.room_url = fields.text("room_url");
    notification.streamer = fields.text("streamer");
    notification.platform = fields.text("platform");
    if (auto const* const details = fields.find("details"); details != nullptr && details->is_object())
        notification.details = *details;
    notification.detection = fields.text("detection");
    notification.count = static_cast<unsigned>(std::max<std::uint64_t>(1, fields.number("count")));
    notification.to = users(fields, "to");
    notification.is_for_staff = !fields.flag("agents_only");
    notification.read_by = users(fields, "read_by");
    notification.deleted_by = users(fields, "deleted_by");
    notification.acknowledged_by = base::UserId{fields.text("acknowledged_by")};
    notification.acknowledged_at = fields.time("acknowledged_at");
    return notification;
}

std::string Notification::document() const {
    base::Json json{{"event_type", event_type}, {"at", base::to_rfc3339(at)}, {"room_url", room_url},
                    {"streamer", streamer},     {"platform", platform},       {"details", details}};
    if (!stream.empty()) json["stream"] = stream;
    if (!detection.empty()) json["detection"] = detection;
    if (count != 1) json["count"] = count;
    if (!is_for_staff) json["agents_only"] = true;
    add_users(json, "to", to);
    add_users(json, "read_by", read_by);
    add_users(json, "deleted_by", deleted_by);
    if (acknowledged_at) {
        json["acknowledged_by"] = acknowledged_by.value;
        json["acknowledged_at"] = base::to_rfc3339(*acknowledged_at);
    }
    return base::to_text(json);
}

}  // namespace soyuz::watch
