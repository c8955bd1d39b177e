#include "watch/stream.hpp"

#include <array>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "watch/named.hpp"

namespace soyuz::watch {

namespace {

constexpr std::array<std::string_view, 4> state_names{"offline", "online", "monitoring", "failed"};
constexpr std::array<std::string_view, 4> priority_names{"low", "normal", "high", "urgent"};

}  // namespace

std::string_view name(StreamState state) { return state_names[static_cast<std::size_t>(state)]; }
std::optional<StreamState> parse_state(std::string_view text) { return value_named<StreamState>(state_names, text); }

std::string_view name(Priority priority) { return priority_names[static_cast<std::size_t>(priority)]; }
std::optional<Priority> parse_priority(std::string_view text) { return value_named<Priority>(priority_names, text); }

std::string stream_id_of(base::RoomId const& room) { return "live-" + room.value; }

std::optional<Stream> Stream::parse(std::string const& id, nlohmann::json const& json) {
    base::Members const fields{json};
    Stream stream;
    stream.id = id;
    stream.room = base::RoomId{fields.text("room")};
    stream.url = fields.text("url");
    stream.platform = fields.text("platform");
    stream.streamer = fields.text("streamer");
    stream.notes = fields.text("notes");
    stream.tags = fields.texts("tags");
    stream.priority = parse_priority(fields.text("priority")).value_or(Priority::normal);
    stream.state = parse_state(fields.text("state")).value_or(StreamState::offline);
    stream.is_wanted = fields.flag("wanted");
    stream.reason = fields.text("reason");
    stream.added_by = base::UserId{fields.text("added_by")};
    stream.added_at = fields.time("added_at").value_or(base::Timestamp{});
    stream.changed_at = fields.time("changed_at").value_or(base::Timestamp{});
    stream.online_since = fields.time("online_since");
    stream.seen_at = fields.time("seen_at");
    return stream;
}

std::string Stream::document() const {
    base::Json json{{"platform", platform},
                    {"streamer", streamer},
                    {"notes", notes},
                    {"tags", tags},
                    {"priority", name(priority)},
                    {"state", name(state)},
                    {"wanted", is_wanted},
                    {"added_by", added_by.value},
                    {"added_at", base::to_rfc3339(added_at)},
                    {"changed_at", base::to_rfc3339(changed_at)}};
    if (!room.empty()) json["room"] = room.value;
    if (!url.empty()) json["url"] = url;
    if (!reason.empty()) json["reason"] = reason;
    if (online_since) json["online_since"] = base::to_rfc3339(*online_since);
    if (seen_at) json["seen_at"] = base::to_rfc3339(*seen_at);
    return base::to_text(json);
}

}  // namespace soyuz::watch
