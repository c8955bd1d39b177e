#include "dialects/common_events.hpp"

#include <chrono>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "contract/shapes.hpp"
#include "dialects/event.hpp"

namespace soyuz::dialects::events {

using base::JsonWriter;

namespace {

/// Under the names that each family of clients knows, and with what the contract's own shape has.
void write_error(JsonWriter& out, base::Error const& error) {
    auto const contract = contract::error_json(error);
    out("message", error.message);
    out("error", error.message);
    out("msg", error.message);
    out("code", base::code_name(error.code));
    for (auto const& [key, value] : contract.items())
        if (key != "message" && key != "error") out.raw(key, base::to_text(value));
}

std::string_view name_of(realtime::AccountNews::Kind kind) {
    using Kind = realtime::AccountNews::Kind;
    switch (kind) {
        case Kind::banned: return "banned";
        case Kind::unbanned: return "unbanned";
        case Kind::muted: return "muted";
        case Kind::unmuted: return "unmuted";
        case Kind::kicked:
        case Kind::put_out: return "kicked";
        case Kind::notice: return "notice";
        case Kind::help: return "help";
    }
    return "notice";
}

std::string object(auto const& members) {
    std::string text;
    JsonWriter out{text};
    out.object([&] { members(out); });
    return text;
}

}  // namespace

std::vector<std::string> reasons_of(judge::Verdict const& verdict) {
    auto reasons = verdict.reasons;
    for (auto& reason : reasons) {
        if (reason == "threat") reason = "threats";
        if (reason == "personal_info") reason = "personal_information_detected";
    }
    return reasons;
}

void write_verdict(JsonWriter& out, judge::Verdict const& verdict) {
    out.object("moderation", [&] {
        out("action", judge::name(verdict.action));
        out("severity", judge::name(verdict.severity));
        out.fraction("score", verdict.score);
        out.fraction("confidence", verdict.score);
        out("reasons", reasons_of(verdict));
    });
}

std::string error(base::Error const& error, judge::Verdict const* verdict) {
    return event("error", [&](JsonWriter& out) {
        write_error(out, error);
        if (verdict != nullptr) write_verdict(out, *verdict);
    });
}

std::string ack(std::uint64_t ack, chat::Message const* message) {
    return socketio::ack_text(ack, object([&](JsonWriter& out) {
                                  out("ok", true);
                                  if (message == nullptr) return;
                                  out("id", message->id);
                                  out("seq", message->id.seq);
                              }));
}

std::string ack(std::uint64_t ack, base::Error const& error) {
    return socketio::ack_text(ack, object([&](JsonWriter& out) {
                                  out("ok", false);
                                  write_error(out, error);
                              }));
}

std::string message_blocked(judge::Verdict const& verdict, std::string_view client_id) {
    return event("message_blocked", [&](JsonWriter& out) {
        out("message_id", verdict.case_id);
        if (!client_id.empty()) out("client_id", client_id);
        out("reason", verdict.reasons.empty() ? std::string{"blocked"} : reasons_of(verdict).front());
        out("reasons", reasons_of(verdict));
        out("severity", judge::name(verdict.severity));
        out("appeal_available", true);
    });
}

std::string moderation_warning(chat::Message const& message, judge::Verdict const& verdict) {
    return event("moderation_warning", [&](JsonWriter& out) {
        out("message_id", message.id);
        out("warning", verdict.action == judge::Action::flag ? "Your message was flagged for the moderators."
                                                             : "Mind your words: others may take this badly.");
        out("reasons", reasons_of(verdict));
        out("severity", judge::name(verdict.severity));
    });
}

std::string account_news(realtime::AccountNews const& news) {
    using Kind = realtime::AccountNews::Kind;
    return event(name_of(news.kind), [&](JsonWriter& out) {
        out("message", news.text);
        out("reason", news.text);
        if (news.until) out("until", *news.until);
        if (news.kind == Kind::banned || news.kind == Kind::muted) out("automatic", news.automatic);
    });
}

}  // namespace soyuz::dialects::events
