#include "contract/shapes.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "chat/accounts/accounts.hpp"

namespace soyuz::contract {

using base::Json;
using base::JsonWriter;
using chat::Accounts;
using chat::Message;
using chat::Room;
using chat::Rooms;
using chat::User;

namespace {

void write_sender(JsonWriter& out, User const& user, MessageMembers members) {
    out.object("sender", [&] {
        out("id", user.id);
        out("username", user.username);
        bool const all = members == MessageMembers::all;
        if (all || user.display_name != user.username) out("display_name", user.display_name);
        if (!user.avatar.empty())
            out("avatar_url", upload_url(user.avatar));
        else if (all)
            out.null("avatar_url");
        if (user.shares_name) out("shares_name", true);
    });
}

void write_reactions(JsonWriter& out, Message const& message, Accounts const& accounts) {
    out.object("reactions", [&] {
        for (auto const& [emoji, users] : message.reactions) {
            std::vector<std::string> names;
            for (auto const& id : users)
                if (auto const user = accounts.find(id); user && !user->deleted) names.push_back(user->username);
            out.named(emoji, names);
        }
    });
}

void write_attachments(JsonWriter& out, Message const& message) {
    out.array("attachments", [&] {
        for (auto const& attachment : message.attachments) {
            out.object([&] {
                out("url", upload_url(attachment.file));
                out("name", attachment.name);
                out("type", attachment.type);
                out("bytes", attachment.bytes);
                if (attachment.width != 0) {
                    out("width", attachment.width);
                    out("height", attachment.height);
                }
                if (!attachment.alt.empty()) out("alt", attachment.alt);
            });
        }
    });
}

void write_verdict(JsonWriter& out, judge::Verdict const& verdict) {
    out.object("moderation", [&] {
        out("action", name(verdict.action));
        out("severity", name(verdict.severity));
        out.fraction("score", verdict.score);
        out("reasons", verdict.reasons);
        if (!verdict.case_id.empty()) out("case_id", verdict.case_id);
    });
}

bool is_plain_allow(judge::Verdict const& verdict) {
    // That nobody could read it is for moderators to know.
    bool const has_reason = !verdict.reasons.empty() && verdict.reasons.front() != "unjudged";
    return verdict.action == judge::Action::allow && !has_reason && verdict.case_id.empty();
}

}  // namespace

std::string upload_url(std::string_view file) { return std::string{"/uploads/"}.append(file); }

Json avatar_url(User const& user) { return user.avatar.empty() ? Json{} : Json(upload_url(user.avatar)); }

Json user_json(User const& user, bool online) {
    Json json{{"id", user.id.value},
              {"username", user.username},
              {"display_name", user.display_name},
              {"avatar_url", avatar_url(user)},
              {"role", name(user.role)},
              {"online", online},
              {"created_at", base::to_rfc3339(user.created_at)}};
    if (user.shares_name) json["shares_name"] = true;
    return json;
}

Json room_json(Rooms const& rooms, Accounts const& accounts, Room const& room, User const& reader) {
    Json json{{"id", room.id.value},
              {"name", room.name},
              {"title", room.title},
              {"topic", room.topic},
              {"kind", chat::name(room.kind)},
              {"member_count", rooms.member_count(room)},
              {"last_seq", rooms.last_seq(room.id)},
              {"unread", rooms.is_member(reader.id, room) ? rooms.unread(reader.id, room.id) : 0},
              {"read_seq", rooms.read_seq(reader.id, room.id)},
              {"can_manage", rooms.may_manage(reader, room)},
              {"settings", {{"slow_mode_s", room.settings.slow_mode.count()}, {"locked", room.settings.locked}}}};
    if (room.kind != Room::Kind::direct) return json;
    // Each of the two sees the other's name as the title.
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

void append_message_json(std::string& out, Message const& message, Accounts const& accounts, MessageMembers members) {
    bool const all = members == MessageMembers::all;
    out.reserve(out.size() + message.text.size() + (all ? 420 : 260));
    JsonWriter write{out};
    write.object([&] {
        write("id", message.id);
        write("room", message.room_name.empty() ? message.id.room.value : message.room_name);
        write("seq", message.id.seq);
        write_sender(write, *message.sender, members);
        write("text", message.text);
        write("sent_at", message.sent_at);
        if (message.written_at) write("written_at", *message.written_at);
        if (message.edited_at) write("edited_at", *message.edited_at);
        if (message.deleted) write("deleted", true);
        if (message.removed_by_staff) write("by_staff", true);
        if (message.reply_to != 0) write("reply_to", message.reply_to);
        if (all || !message.mentions.empty()) write("mentions", message.mentions);
        if (all || !message.reactions.empty()) write_reactions(write, message, accounts);
        if (all || !message.attachments.empty()) write_attachments(write, message);
        if (!message.client_id.empty()) write("client_id", message.client_id);
        if (all || !is_plain_allow(message.verdict)) write_verdict(write, message.verdict);
    });
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

}  // namespace soyuz::contract
