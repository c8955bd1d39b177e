#include "dialects/monitor/monitor_events.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "dialects/monitor/monitor_shapes.hpp"
#include "socketio/packet.hpp"

namespace soyuz::dialects::monitor {

using Json = nlohmann::json;

std::string_view name_space_of(Dialect dialect) {
    if (dialect == Dialect::monitor_notifications) return notifications_name_space;
    if (dialect == Dialect::monitor_messages) return messages_name_space;
    return "";
}

std::string in_name_space(std::string text, std::string_view name_space) {
    // Behind the kinds of both protocols' packets (Socket.IO protocol 5).
    if (!name_space.empty()) text.insert(2, std::string{name_space} + ',');
    return text;
}

namespace events {

std::string any(std::string_view name, Json const& data) { return socketio::event_text(name, base::to_text(data)); }

std::string notification_update(std::string_view id, watch::NotificationChange change) {
    return any("notification_update", {{"id", id}, {"type", name(change)}});
}

std::string stream_status(watch::Stream const& stream) {
    return any("stream_status", {{"stream_id", stream.id}, {"status", status_of(stream)}});
}

std::string stream_update(watch::Stream const& stream, watch::StreamAction action) {
    return any("stream_update", {{"id", stream.id},
                                 {"room_url", stream.url},
                                 {"status", status_of(stream)},
                                 {"type", stream.platform},
                                 {"streamer_username", stream.streamer},
                                 {"action", name(action)}});
}

std::string typing(std::string_view sender, bool on) {
    return any("typing", {{"sender_username", sender}, {"typing", on}});
}

std::string user_status(std::string_view id, std::string_view username, bool online) {
    return any("user_status",
               {{"userId", id}, {"online", online}, {"username", username}, {"status", online ? "online" : "offline"}});
}

std::string room(std::string_view event, std::string_view room) { return any(event, {{"room", room}}); }

}  // namespace events

}  // namespace soyuz::dialects::monitor
