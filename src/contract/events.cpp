#include "contract/events.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "contract/case_shapes.hpp"
#include "contract/shapes.hpp"

namespace soyuz::contract::events {

namespace {

using base::Json;
using base::JsonWriter;
using base::to_text;

// Pages show this in their own language (`key`); other clients show the text.
constexpr std::string_view help_words =
    "It sounds as if you are going through a hard time. You are not alone, and talking helps: tell an adult or a "
    "friend you trust, or call a helpline. Pakistan: Umang 0311 7786264. India: Tele-MANAS 14416. UK and Ireland: "
    "Samaritans 116 123. USA and Canada: 988. Elsewhere: findahelpline.com. In danger now: call your emergency number.";

/// `{"type":type, …}`, where `members(JsonWriter&)` writes the rest.
std::string event(std::string_view type, auto const& members) {
    std::string text;
    text.reserve(160);
    JsonWriter out{text};
    out.object([&] {
        out("type", type);
        members(out);
    });
    return text;
}

std::string with_message(std::string_view type, chat::Message const& message, chat::Accounts const& accounts) {
    std::string out;
    out.reserve(message.text.size() + 320);
    out.append(R"({"type":")").append(type).append(R"(","message":)");
    append_message_json(out, message, accounts, MessageMembers::needed);
    out += '}';
    return out;
}

std::string acknowledgement(std::string_view ref, auto const& members) {
    return event("ack", [&](JsonWriter& out) {
        if (!ref.empty()) out.raw("ref", ref);
        members(out);
    });
}

void write_until(JsonWriter& out, std::optional<base::Timestamp> until) {
    if (until) out("until", *until);
}

void write_text(JsonWriter& out, std::string_view key, std::string_view text) {
    if (!text.empty()) out(key, text);
}

void write_place(JsonWriter& out, base::MessageId const& id) {
    out("id", id);
    out("seq", id.seq);
}

void write_verdict(JsonWriter& out, judge::Verdict const& verdict) {
    out("reasons", verdict.reasons);
    out("severity", judge::name(verdict.severity));
    out.raw("moderation", to_text(verdict_json(verdict)));
    write_text(out, "case_id", verdict.case_id);
}

}  // namespace

std::string hello(chat::User const& user, std::string_view version, base::Timestamp now,
                  std::vector<chat::RoomPtr> const& member_of, chat::Rooms const& rooms,
                  chat::Accounts const& accounts) {
    return event("hello", [&](JsonWriter& out) {
        out.raw("user", to_text(user_json(user, true)));
        out.object("server", [&] {
            out("version", version);
            out("time", now);
        });
        out.array("rooms", [&] {
            for (auto const& room : member_of) out.raw_element(to_text(room_json(rooms, accounts, *room, user)));
        });
    });
}

std::string ack(std::string_view ref) {
    return acknowledgement(ref, [](JsonWriter&) {});
}

std::string ack(std::string_view ref, base::MessageId const& id) {
    return acknowledgement(ref, [&](JsonWriter& out) { write_place(out, id); });
}

std::string ack_joined(std::string_view ref, Json const& room, std::size_t online) {
    return acknowledgement(ref, [&](JsonWriter& out) {
        out.raw("room", to_text(room));
        out.raw("last_seq", to_text(room["last_seq"]));
        out("online", online);
    });
}

std::string ack_ping(std::string_view ref, base::Timestamp now) {
    return acknowledgement(ref, [&](JsonWriter& out) { out("time", now); });
}

std::string error(std::string_view ref, base::Error const& error, judge::Verdict const* verdict) {
    return event("error", [&](JsonWriter& out) {
        if (!ref.empty()) out.raw("ref", ref);
        out("code", base::code_name(error.code));
        out("message", error.message);
        if (error.retry_after.count() > 0)
            out.raw("retry_after", to_text(static_cast<double>(error.retry_after.count()) / 1000));
        if (!error.fields.empty()) out.raw("fields", to_text(error.fields));
        write_until(out, error.until);
        write_text(out, "reason", error.reason);
        if (error.automatic) out("automatic", true);
        if (verdict == nullptr) return;
        out.raw("moderation", to_text(verdict_json(*verdict)));
        write_text(out, "case_id", verdict->case_id);
    });
}

std::string message(chat::Message const& message, chat::Accounts const& accounts) {
    return with_message("message", message, accounts);
}

std::string message_edited(chat::Message const& message, chat::Accounts const& accounts) {
    return with_message("message_edited", message, accounts);
}

std::string message_deleted(chat::Room const& room, chat::Message const& message) {
    return event("message_deleted", [&](JsonWriter& out) {
        out("room", room.name);
        write_place(out, message.id);
        out("by_staff", message.removed_by_staff);
    });
}

std::string reaction(chat::Room const& room, chat::Message const& message, std::string_view emoji,
                     std::string_view username, bool on) {
    return event("reaction", [&](JsonWriter& out) {
        out("room", room.name);
        write_place(out, message.id);
        out("emoji", emoji);
        out("username", username);
        out("on", on);
    });
}

std::string typing(std::string_view room, std::string_view username, bool on) {
    return event("typing", [&](JsonWriter& out) {
        out("room", room);
        out("username", username);
        out("on", on);
    });
}

std::string presence(std::string_view room, std::size_t online, std::vector<std::string> const& joined,
                     std::vector<std::string> const& left) {
    return event("presence", [&](JsonWriter& out) {
        out("room", room);
        out("online", online);
        if (!joined.empty()) out("joined", joined);
        if (!left.empty()) out("left", left);
    });
}

namespace {

std::string mark(std::string_view type, std::string_view room, std::string_view username, base::Seq seq) {
    return event(type, [&](JsonWriter& out) {
        out("room", room);
        out("username", username);
        out("seq", seq);
    });
}

}  // namespace

std::string read(std::string_view room, std::string_view username, base::Seq seq) {
    return mark("read", room, username, seq);
}

std::string delivered(std::string_view room, std::string_view username, base::Seq seq) {
    return mark("delivered", room, username, seq);
}

std::string system(std::string_view room, std::string_view text, std::string_view level) {
    return event("system", [&](JsonWriter& out) {
        write_text(out, "room", room);
        out("text", text);
        out("level", level);
    });
}

std::string_view help_text() { return help_words; }

std::string help(std::string_view room) {
    return event("system", [&](JsonWriter& out) {
        if (room.empty())
            out.null("room");
        else
            out("room", room);
        out("text", help_words);
        out("level", "help");
        out("key", "help.self_harm");
    });
}

std::string message_blocked(std::string_view room, judge::Verdict const& verdict, std::string_view client_id) {
    return event("message_blocked", [&](JsonWriter& out) {
        out("room", room);
        write_verdict(out, verdict);
        write_text(out, "client_id", client_id);
    });
}

std::string moderation_warning(std::string_view room, chat::Message const& message, judge::Verdict const& verdict) {
    return event("moderation_warning", [&](JsonWriter& out) {
        out("room", room);
        write_place(out, message.id);
        write_verdict(out, verdict);
        write_text(out, "client_id", message.client_id);
    });
}

std::string moderation_alert(chat::Room const& room, chat::User const& author, std::string_view text,
                             judge::Verdict const& verdict, chat::Message const* message) {
    return event("moderation_alert", [&](JsonWriter& out) {
        out("room", room.name);
        out("user_id", author.id);
        out("username", author.username);
        out("text", text);
        out("action", judge::name(verdict.action));
        write_verdict(out, verdict);
        if (message != nullptr) write_place(out, message->id);
    });
}

std::string moderation_case(moderation::Case const& the_case, std::optional<moderation::CaseClaim> const& claim,
                            std::size_t open, chat::Accounts const& accounts, chat::Rooms const& rooms) {
    return event("moderation_case", [&](JsonWriter& out) {
        out.raw("case", to_text(case_json(the_case, claim, accounts, rooms)));
        out("open", open);
    });
}

std::string moderation_decision(moderation::Case const& the_case, std::string_view action, std::string_view note,
                                chat::Message const* message, chat::Accounts const& accounts) {
    return event("moderation_decision", [&](JsonWriter& out) {
        out("case_id", the_case.id);
        out("action", action);
        out("note", note);
        if (message == nullptr) return;
        std::string json;
        append_message_json(json, *message, accounts, MessageMembers::needed);
        out.raw("message", json);
    });
}

std::string report_decided(moderation::Case const& the_case, moderation::CaseReport const& report, bool upheld) {
    return event("report_decided", [&](JsonWriter& out) {
        out("report_id", report.id);
        out("case_id", the_case.id);
        out("outcome", upheld ? "upheld" : "not_upheld");
    });
}

std::string banned(std::optional<base::Timestamp> until, std::string_view reason, bool automatic) {
    return event("banned", [&](JsonWriter& out) {
        write_until(out, until);
        out("reason", reason);
        if (automatic) out("automatic", true);
    });
}

std::string muted(std::optional<base::Timestamp> until, std::string_view reason, bool automatic) {
    return event("muted", [&](JsonWriter& out) {
        if (until)
            out("until", *until);
        else
            out.null("until");
        out("reason", reason);
        out("automatic", automatic);
    });
}

std::string unbanned() {
    return event("unbanned", [](JsonWriter&) {});
}

std::string unmuted() {
    return event("unmuted", [](JsonWriter&) {});
}

std::string kicked(std::string_view room, std::string_view reason, std::optional<base::Timestamp> until) {
    return event("kicked", [&](JsonWriter& out) {
        write_text(out, "room", room);
        out("reason", reason);
        if (until) out("until", *until);
    });
}

std::string resync(std::string_view room) {
    return event("resync", [&](JsonWriter& out) { out("room", room); });
}

std::string room_added(Json const& room) {
    return event("room_added", [&](JsonWriter& out) { out.raw("room", to_text(room)); });
}

std::string room_changed(chat::Room const& room) {
    return event("room_changed", [&](JsonWriter& out) {
        out.object("room", [&] {
            out("id", room.id);
            out("name", room.name);
            out("title", room.title);
            out("topic", room.topic);
            out("kind", chat::name(room.kind));
            out.object("settings", [&] {
                out("slow_mode_s", room.settings.slow_mode.count());
                out("locked", room.settings.locked);
            });
        });
    });
}

std::string room_removed(std::string_view room) {
    return event("room_removed", [&](JsonWriter& out) { out("room", room); });
}

std::string user_changed(chat::User const& user, bool online) {
    return event("user_changed", [&](JsonWriter& out) { out.raw("user", to_text(user_json(user, online))); });
}

}  // namespace soyuz::contract::events
