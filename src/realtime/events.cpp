#include "realtime/events.hpp"

#include <charconv>
#include <initializer_list>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "chat/shapes.hpp"

namespace soyuz::realtime::events {

namespace {

using base::append_json_string;

/// `{"type":"<type>"`, to be gone on with members and `close`.
std::string open(std::string_view type) {
    std::string out;
    out.reserve(160);
    out += R"({"type":")";
    out += type;
    out += '"';
    return out;
}

void add(std::string& out, std::string_view key, std::string_view text) {
    out += ",\"";
    out += key;
    out += "\":";
    append_json_string(out, text);
}

void add_raw(std::string& out, std::string_view key, std::string_view json) {
    out += ",\"";
    out += key;
    out += "\":";
    out += json;
}

void add_seq(std::string& out, base::Seq seq) { add_raw(out, "seq", std::to_string(seq)); }

void add_names(std::string& out, std::string_view key, std::vector<std::string> const& names) {
    if (names.empty()) return;
    add_raw(out, key, "[");
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) out += ',';
        append_json_string(out, names[i]);
    }
    out += ']';
}

void add_until(std::string& out, std::optional<base::Timestamp> until) {
    if (until) add(out, "until", base::to_rfc3339(*until));
}

std::string close(std::string out) {
    out += '}';
    return out;
}

std::string with_message(std::string_view type, chat::Message const& message, chat::Accounts const& accounts) {
    std::string out;
    out.reserve(message.text.size() + 512);
    out += R"({"type":")";
    out += type;
    out += R"(","message":)";
    chat::append_message_json(out, message, accounts);
    return close(std::move(out));
}

void add_reasons(std::string& out, judge::Verdict const& verdict) {
    add_raw(out, "reasons", nlohmann::json(verdict.reasons).dump());
    add(out, "severity", judge::name(verdict.severity));
}

void add_case(std::string& out, judge::Verdict const& verdict) {
    if (!verdict.case_id.empty()) add(out, "case_id", verdict.case_id);
}

}  // namespace

std::string ack(std::string_view ref, std::string_view members) {
    auto out = open("ack");
    if (!ref.empty()) add_raw(out, "ref", ref);
    out += members;
    return close(std::move(out));
}

std::string ack(std::string_view ref, base::MessageId const& id) {
    char digits[20];
    std::string_view const seq{digits,
                               static_cast<std::size_t>(std::to_chars(digits, digits + 20, id.seq).ptr - digits)};
    auto out = open("ack");
    if (!ref.empty()) add_raw(out, "ref", ref);
    out.append(R"(,"id":")").append(id.room.value).append("-").append(seq).append(R"(","seq":)").append(seq);
    return close(std::move(out));
}

std::string error(std::string_view ref, base::Error const& error, judge::Verdict const* verdict) {
    auto out = open("error");
    if (!ref.empty()) add_raw(out, "ref", ref);
    add(out, "code", base::code_name(error.code));
    add(out, "message", error.message);
    if (error.retry_after.count() > 0)
        add_raw(out, "retry_after", nlohmann::json(static_cast<double>(error.retry_after.count()) / 1000).dump());
    if (!error.fields.empty()) add_raw(out, "fields", nlohmann::json(error.fields).dump());
    add_until(out, error.until);
    if (!error.reason.empty()) add(out, "reason", error.reason);
    if (error.automatic) add_raw(out, "automatic", "true");
    if (verdict != nullptr) {
        add_raw(out, "moderation", chat::verdict_json(*verdict).dump());
        add_case(out, *verdict);
    }
    return close(std::move(out));
}

std::string message(chat::Message const& message, chat::Accounts const& accounts) {
    return with_message("message", message, accounts);
}

std::string message_edited(chat::Message const& message, chat::Accounts const& accounts) {
    return with_message("message_edited", message, accounts);
}

std::string message_deleted(chat::Room const& room, chat::Message const& message) {
    auto out = open("message_deleted");
    add(out, "room", room.name);
    add(out, "id", base::to_string(message.id));
    add_seq(out, message.id.seq);
    add_raw(out, "by_staff", message.removed_by_staff ? "true" : "false");
    return close(std::move(out));
}

std::string reaction(chat::Room const& room, chat::Message const& message, std::string_view emoji,
                     std::string_view username, bool on) {
    auto out = open("reaction");
    add(out, "room", room.name);
    add(out, "id", base::to_string(message.id));
    add_seq(out, message.id.seq);
    add(out, "emoji", emoji);
    add(out, "username", username);
    add_raw(out, "on", on ? "true" : "false");
    return close(std::move(out));
}

std::string typing(std::string_view room, std::string_view username, bool on) {
    auto out = open("typing");
    add(out, "room", room);
    add(out, "username", username);
    add_raw(out, "on", on ? "true" : "false");
    return close(std::move(out));
}

std::string presence(std::string_view room, std::size_t online, std::vector<std::string> const& joined,
                     std::vector<std::string> const& left) {
    auto out = open("presence");
    add(out, "room", room);
    add_raw(out, "online", std::to_string(online));
    add_names(out, "joined", joined);
    add_names(out, "left", left);
    return close(std::move(out));
}

std::string read(std::string_view room, std::string_view username, base::Seq seq) {
    auto out = open("read");
    add(out, "room", room);
    add(out, "username", username);
    add_seq(out, seq);
    return close(std::move(out));
}

std::string system(std::string_view room, std::string_view text, std::string_view level) {
    auto out = open("system");
    if (!room.empty()) add(out, "room", room);
    add(out, "text", text);
    add(out, "level", level);
    return close(std::move(out));
}

std::string message_blocked(std::string_view room, judge::Verdict const& verdict, std::string_view client_id) {
    auto out = open("message_blocked");
    add(out, "room", room);
    add_reasons(out, verdict);
    add_raw(out, "moderation", chat::verdict_json(verdict).dump());
    add_case(out, verdict);
    if (!client_id.empty()) add(out, "client_id", client_id);
    return close(std::move(out));
}

std::string moderation_warning(std::string_view room, chat::Message const& message, judge::Verdict const& verdict) {
    auto out = open("moderation_warning");
    add(out, "room", room);
    add(out, "id", base::to_string(message.id));
    add_seq(out, message.id.seq);
    add_reasons(out, verdict);
    add_raw(out, "moderation", chat::verdict_json(verdict).dump());
    add_case(out, verdict);
    if (!message.client_id.empty()) add(out, "client_id", message.client_id);
    return close(std::move(out));
}

std::string moderation_alert(chat::Room const& room, chat::User const& author, std::string_view text,
                             judge::Verdict const& verdict, chat::Message const* message) {
    auto out = open("moderation_alert");
    add(out, "room", room.name);
    add(out, "user_id", author.id.value);
    add(out, "username", author.username);
    add(out, "text", text);
    add(out, "action", judge::name(verdict.action));
    add_reasons(out, verdict);
    add_raw(out, "moderation", chat::verdict_json(verdict).dump());
    add_case(out, verdict);
    if (message != nullptr) {
        add(out, "id", base::to_string(message->id));
        add_seq(out, message->id.seq);
    }
    return close(std::move(out));
}

std::string banned(std::optional<base::Timestamp> until, std::string_view reason) {
    auto out = open("banned");
    add_until(out, until);
    add(out, "reason", reason);
    return close(std::move(out));
}

std::string muted(std::optional<base::Timestamp> until, std::string_view reason, bool automatic) {
    auto out = open("muted");
    if (until)
        add_until(out, until);
    else
        add_raw(out, "until", "null");
    add(out, "reason", reason);
    add_raw(out, "automatic", automatic ? "true" : "false");
    return close(std::move(out));
}

std::string unmuted() { return close(open("unmuted")); }

std::string kicked(std::string_view room, std::string_view reason) {
    auto out = open("kicked");
    if (!room.empty()) add(out, "room", room);
    add(out, "reason", reason);
    return close(std::move(out));
}

std::string resync(std::string_view room) {
    auto out = open("resync");
    add(out, "room", room);
    return close(std::move(out));
}

std::string room_changed(chat::Room const& room) {
    auto out = open("room_changed");
    nlohmann::json const settings{{"slow_mode_s", room.settings.slow_mode.count()}, {"locked", room.settings.locked}};
    nlohmann::json const json{{"id", room.id.value},           {"name", room.name},
                              {"title", room.title},           {"topic", room.topic},
                              {"kind", chat::name(room.kind)}, {"settings", settings}};
    add_raw(out, "room", json.dump());
    return close(std::move(out));
}

std::string room_removed(std::string_view room) {
    auto out = open("room_removed");
    add(out, "room", room);
    return close(std::move(out));
}

std::string user_changed(chat::User const& user, bool online) {
    auto out = open("user_changed");
    add_raw(out, "user", chat::user_json(user, online).dump());
    return close(std::move(out));
}

}  // namespace soyuz::realtime::events
