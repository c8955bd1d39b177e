#include "dialects/messenger_events.hpp"

#include "base/text.hpp"
#include "dialects/event.hpp"

namespace soyuz::dialects::messenger_events {

using base::JsonWriter;

namespace {

std::string with_name(std::string_view event_name, std::string_view username) {
    std::string argument;
    base::append_json_string(argument, username);
    return socketio::event_text(event_name, argument);
}

void write_mark(JsonWriter& out, Mark const& mark) {
    out("is_bullying", mark.is_bullying);
    out.fraction("bullying_probability", mark.probability);
}

}  // namespace

std::string receive_message(chat::Message const& message, std::string_view receiver, Mark const& mark) {
    return event("receive_message", [&](JsonWriter& out) {
        out("id", message.id);
        out("sender", message.sender->username);
        out("receiver", receiver);
        out("message", message.text);
        out("timestamp", message.sent_at);
        write_mark(out, mark);
    });
}

std::string message_sent(chat::Message const& message, bool is_delivered, Mark const& mark) {
    return event("message_sent", [&](JsonWriter& out) {
        out("id", message.id);
        out("status", is_delivered ? "delivered" : "saved");
        out("timestamp", message.sent_at);
        write_mark(out, mark);
    });
}

std::string user_typing(std::string_view sender, bool on) {
    return event("user_typing", [&](JsonWriter& out) {
        out("sender", sender);
        out("username", sender);
        out("is_typing", on);
    });
}

std::string messages_marked_read(std::size_t count) {
    return event("messages_marked_read", [&](JsonWriter& out) { out("count", count); });
}

std::string user_joined(std::string_view username) { return with_name("user_joined", username); }

std::string user_left(std::string_view username) { return with_name("user_left", username); }

std::string online_users(std::vector<std::string> const& usernames) {
    std::string array;
    JsonWriter out{array};
    out.array([&] {
        for (auto const& name : usernames) out.element(name);
    });
    return socketio::event_text("online_users", array);
}

}  // namespace soyuz::dialects::messenger_events
