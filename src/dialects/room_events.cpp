#include "dialects/room_events.hpp"

#include "contract/shapes.hpp"
#include "dialects/event.hpp"

namespace soyuz::dialects::room_events {

using base::JsonWriter;

std::string message(chat::Message const& message) {
    return event("message", [&](JsonWriter& out) {
        auto const& sender = *message.sender;
        out("id", message.id);
        out("sender_username", sender.username);
        out("sender_name", sender.display_name);
        if (sender.avatar.empty())
            out.null("profile_picture");
        else
            out("profile_picture", contract::upload_url(sender.avatar));
        out("msg", message.text);
        out("time", message.sent_at);
        out("is_system", false);
        if (!message.client_id.empty()) out("client_id", message.client_id);
    });
}

std::string notice(std::string_view text, base::Timestamp now) {
    return event("message", [&](JsonWriter& out) {
        out("sender_username", "system");
        out("sender_name", "Soyuz");
        out.null("profile_picture");
        out("msg", text);
        out("time", now);
        out("is_system", true);
    });
}

std::string online_users(std::size_t count) {
    return event("online_users", [&](JsonWriter& out) { out("count", count); });
}

std::string typing(std::string_view username, bool on) {
    return event("user_typing", [&](JsonWriter& out) {
        out("username", username);
        out("is_typing", on);
    });
}

}  // namespace soyuz::dialects::room_events
