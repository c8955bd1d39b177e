#include "chat/shapes.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/messages/records.hpp"

namespace soyuz::chat {

namespace {

using base::append_json_string;
using base::Json;

constexpr std::string_view uploads = "/uploads/";

void append_sender(std::string& out, User const& user) {
    out += "{\"id\":";
    append_json_string(out, user.id.value);
    out += ",\"username\":";
    append_json_string(out, user.username);
    out += ",\"display_name\":";
    append_json_string(out, user.display_name);
    out += ",\"avatar_url\":";
    if (user.avatar.empty()) {
        out += "null";
    } else {
        append_json_string(out, std::string{uploads} + user.avatar);
    }
    out += '}';
}

void append_strings(std::string& out, std::vector<std::string> const& list) {
    out += '[';
    for (std::size_t at = 0; at < list.size(); ++at) {
        if (at > 0) out += ',';
        append_json_string(out, list[at]);
    }
    out += ']';
}

void append_reactions(std::string& out, Message const& message, Accounts const& accounts) {
    out += '{';
    bool is_first_emoji = true;
    for (auto const& [emoji, users] : message.reactions) {
        if (!is_first_emoji) out += ',';
        is_first_emoji = false;
        append_json_string(out, emoji);
        out += ":[";
        bool is_first_user = true;
        for (auto const& id : users) {
            auto const user = accounts.find(id);
            if (!user || user->deleted) continue;
            if (!is_first_user) out += ',';
            is_first_user = false;
            append_json_string(out, user->username);
        }
        out += ']';
    }
    out += '}';
}

void append_attachments(std::string& out, std::vector<Attachment> const& attachments) {
    out += '[';
    for (std::size_t at = 0; at < attachments.size(); ++at) {
        auto const& attachment = attachments[at];
        if (at > 0) out += ',';
        out += "{\"url\":";
        append_json_string(out, std::string{uploads} + attachment.file);
        out += ",\"name\":";
        append_json_string(out, attachment.name);
        out += ",\"type\":";
        append_json_string(out, attachment.type);
        out += ",\"bytes\":" + std::to_string(attachment.bytes) + '}';
    }
    out += ']';
}

}  // namespace

Json user_json(User const& user, bool online) {
    return {{"id", user.id.value},
            {"username", user.username},
            {"display_name", user.display_name},
            {"avatar_url", user.avatar.empty() ? Json{} : Json(std::string{uploads} + user.avatar)},
            {"role", name(user.role)},
            {"online", online},
            {"created_at", base::to_rfc3339(user.created_at)}};
}

Json room_json(Rooms const& rooms, Accounts const& accounts, Room const& room, User const& reader) {
    Json json{{"id", room.id.value},
              {"name", room.name},
              {"title", room.title},
              {"topic", room.topic},
              {"kind", name(room.kind)},
              {"member_count", rooms.member_count(room)},
              {"last_seq", rooms.last_seq(room.id)},
              {"unread", rooms.is_member(reader.id, room) ? rooms.unread(reader.id, room.id) : 0},
              {"can_manage", rooms.may_manage(reader, room)},
              {"settings", {{"slow_mode_s", room.settings.slow_mode.count()}, {"locked", room.settings.locked}}}};
    if (room.kind != Room::Kind::direct) return json;
    // To each of the two the conversation bears the other's name.
    json["title"] = "Deleted account";
    for (auto const& id : rooms.members(room)) {
        if (id == reader.id) continue;
        auto const other = accounts.find(id);
        if (!other) continue;
        json["title"] = other->display_name;
        json["peer"] = other->username;
    }
    return json;
}

void append_message_json(std::string& out, Message const& message, Accounts const& accounts) {
    auto const seq = std::to_string(message.id.seq);
    out.reserve(out.size() + message.text.size() + 420);
    out += "{\"id\":\"";
    out.append(message.id.room.value).append("-").append(seq).append("\",\"room\":");
    append_json_string(out, message.room_name.empty() ? message.id.room.value : message.room_name);
    out.append(",\"seq\":").append(seq).append(",\"sender\":");
    append_sender(out, *message.sender);
    out += ",\"text\":";
    append_json_string(out, message.text);
    out += ",\"sent_at\":\"";
    base::append_rfc3339(out, message.sent_at);
    out += '"';
    if (message.written_at) {
        out += ",\"written_at\":\"";
        base::append_rfc3339(out, *message.written_at);
        out += '"';
    }
    if (message.edited_at) {
        out += ",\"edited_at\":\"";
        base::append_rfc3339(out, *message.edited_at);
        out += '"';
    }
    if (message.deleted) out += ",\"deleted\":true";
    if (message.removed_by_staff) out += ",\"by_staff\":true";
    if (message.reply_to != 0) out += ",\"reply_to\":" + std::to_string(message.reply_to);
    out += ",\"mentions\":";
    append_strings(out, message.mentions);
    out += ",\"reactions\":";
    append_reactions(out, message, accounts);
    out += ",\"attachments\":";
    append_attachments(out, message.attachments);
    if (!message.client_id.empty()) {
        out += ",\"client_id\":";
        append_json_string(out, message.client_id);
    }
    out.append(",\"moderation\":{\"action\":\"").append(name(message.verdict.action));
    out.append("\",\"severity\":\"").append(name(message.verdict.severity)).append("\",\"score\":");
    base::append_fraction(out, message.verdict.score);
    out += ",\"reasons\":";
    append_strings(out, message.verdict.reasons);
    if (!message.verdict.case_id.empty()) {
        out += ",\"case_id\":";
        append_json_string(out, message.verdict.case_id);
    }
    out += "}}";
}

Json message_json(Message const& message, Accounts const& accounts) {
    std::string text;
    append_message_json(text, message, accounts);
    return Json::parse(text);
}

Json verdict_json(judge::Verdict const& verdict) {
    Json json{{"action", name(verdict.action)},
              {"severity", name(verdict.severity)},
              {"score", verdict.score},
              {"reasons", verdict.reasons}};
    if (!verdict.case_id.empty()) json["case_id"] = verdict.case_id;
    for (auto const& match : verdict.matches) {
        json["matches"].push_back(
            {{"term", match.term}, {"category", match.category}, {"start", match.start}, {"end", match.end}});
    }
    return json;
}

Json error_json(base::Error const& error) {
    Json json{{"error", base::code_name(error.code)}, {"message", error.message}};
    if (!error.fields.empty()) json["fields"] = error.fields;
    if (error.retry_after > std::chrono::milliseconds{0})
        json["retry_after"] = std::chrono::ceil<std::chrono::seconds>(error.retry_after).count();
    if (error.until) json["until"] = base::to_rfc3339(*error.until);
    bool const has_reason = error.code == base::Code::banned || error.code == base::Code::muted;
    if (has_reason) json["reason"] = error.reason;
    if (error.automatic) json["automatic"] = true;
    return json;
}

}  // namespace soyuz::chat
