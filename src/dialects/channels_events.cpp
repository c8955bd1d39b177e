#include "dialects/channels_events.hpp"

#include "contract/shapes.hpp"
#include "dialects/common_events.hpp"
#include "dialects/event.hpp"

namespace soyuz::dialects::channels_events {

using base::JsonWriter;

namespace {

constexpr std::size_t alert_characters = 100;

std::string_view first_characters(std::string_view text, std::size_t most) {
    std::size_t at = 0;
    for (; at < text.size() && most > 0; --most) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    }
    return text.substr(0, at);
}

void write_message(JsonWriter& out, chat::Message const& message) {
    auto const& sender = *message.sender;
    out("id", message.id);
    out("seq", message.id.seq);
    if (!message.client_id.empty()) out("client_id", message.client_id);
    out("author", sender.username);
    out("author_id", sender.id);
    out("username", sender.username);
    out("user_id", sender.id);
    out.object("sender", [&] {
        out("id", sender.id);
        out("username", sender.username);
        out("display_name", sender.display_name);
        if (!sender.avatar.empty()) out("avatar_url", contract::upload_url(sender.avatar));
    });
    out("content", message.text);
    out("created_at", message.sent_at);
    out("timestamp", message.sent_at);
    if (message.edited_at) out("edited_at", *message.edited_at);
    if (message.reply_to != 0) out("reply_to", base::MessageId{message.id.room, message.reply_to});
    if (!message.attachments.empty()) {
        out.array("attachments", [&] {
            for (auto const& each : message.attachments) {
                out.object([&] {
                    out("url", contract::upload_url(each.file));
                    out("name", each.name);
                    out("type", each.type);
                    out("bytes", each.bytes);
                });
            }
        });
    }
    events::write_verdict(out, message.verdict);
}

std::string with_message(std::string_view name, chat::Message const& message, std::string_view channel_id) {
    return event(name, [&](JsonWriter& out) {
        out("channel_id", channel_id);
        write_message(out, message);
    });
}

}  // namespace

std::string message_received(chat::Message const& message, std::string_view channel_id) {
    return with_message("message_received", message, channel_id);
}

std::string message_edited(chat::Message const& message, std::string_view channel_id) {
    return with_message("message_edited", message, channel_id);
}

std::string message_deleted(chat::Message const& message, std::string_view channel_id) {
    return event("message_deleted", [&](JsonWriter& out) {
        out("message_id", message.id);
        out("channel_id", channel_id);
    });
}

std::string receive_direct_message(chat::Message const& message, chat::User const& receiver) {
    return event("receive_direct_message", [&](JsonWriter& out) {
        out("sender_id", message.sender->id);
        out("receiver_id", receiver.id);
        out("receiver", receiver.username);
        write_message(out, message);
    });
}

std::string user_typing(std::string_view username, std::string_view channel_id, bool on) {
    return event("user_typing", [&](JsonWriter& out) {
        out("username", username);
        out("channel_id", channel_id);
        out("is_typing", on);
    });
}

std::string user_typing_dm(chat::User const& sender, bool on) {
    return event("user_typing_dm", [&](JsonWriter& out) {
        out("user_id", sender.id);
        out("username", sender.username);
        out("is_typing", on);
    });
}

std::string status(chat::User const& user, std::string_view channel_id, Step step) {
    bool const joins = step == Step::join;
    return event("status", [&](JsonWriter& out) {
        out("msg", user.display_name + (joins ? " has joined the channel." : " has left the channel."));
        out("username", user.username);
        out("channel_id", channel_id);
        out("type", joins ? "join" : "leave");
    });
}

std::string user_status(std::string_view username, bool online) {
    return event("user_status", [&](JsonWriter& out) {
        out("username", username);
        out("status", online ? "online" : "offline");
    });
}

std::string heartbeat_ack(base::Timestamp now) {
    return event("heartbeat_ack", [&](JsonWriter& out) { out("timestamp", now); });
}

std::string moderation_alert(chat::Room const& room, chat::User const& author, std::string_view text,
                             judge::Verdict const& verdict, chat::Message const* message, base::Timestamp now) {
    return event("moderation_alert", [&](JsonWriter& out) {
        if (message != nullptr)
            out("message_id", message->id);
        else
            out("message_id", verdict.case_id);
        out("user_id", author.id);
        out("username", author.username);
        out("channel_id", room.name);
        out("content", first_characters(text, alert_characters));
        out("action", verdict.action == judge::Action::block ? "blocked" : "flagged");
        out("reasons", events::reasons_of(verdict));
        out("severity", judge::name(verdict.severity));
        out("timestamp", now);
    });
}

}  // namespace soyuz::dialects::channels_events
