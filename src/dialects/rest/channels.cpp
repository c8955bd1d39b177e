#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "contract/shapes.hpp"
#include "dialects/common_events.hpp"
#include "dialects/rest/family.hpp"
#include "dialects/rest/routes.hpp"
#include "moderation/cases/case_record.hpp"
#include "moderation/cases/cases.hpp"
#include "store/store.hpp"
#include "web/api/cases.hpp"
#include "web/api/messages.hpp"
#include "web/api/rooms.hpp"
#include "web/http/json_fields.hpp"
#include "web/site_context.hpp"

namespace soyuz::dialects {

namespace {

using Json = nlohmann::json;
using web::Call;
using web::Refused;
using web::Rights;
using web::SiteContext;

constexpr std::size_t longest_text = 64U << 10U;
constexpr std::size_t most_of_history = 500;

struct NewMessage {
    std::string channel, content;
    base::Seq reply_to = 0;
    static NewMessage read(web::JsonFields& fields) {
        NewMessage message{fields.text("channel_id", 200), fields.text("content", longest_text), 0};
        if (!fields.has("reply_to")) return message;
        if (!fields.is_text("reply_to")) {
            message.reply_to = fields.optional_number("reply_to", 1ULL << 53U).value_or(0);
            return message;
        }
        auto const text = fields.text_or_empty("reply_to", 100);
        auto const id = base::parse_message_id(text);
        if (!id && !text.empty()) fields.wrong("reply_to", "This must be a message's id.");
        if (id) message.reply_to = id->seq;
        return message;
    }
};

/// `channel` as this request wrote it: a name or an id.
Json message_json(SiteContext const& site, chat::Message const& message, judge::Verdict const& verdict,
                  std::string const& channel) {
    auto json = contract::message_json(message, site.accounts);
    json["message_id"] = base::to_string(message.id);
    json["channel_id"] = channel;
    json["content"] = message.text;
    json["message_type"] = "text";
    json["author"] = message.sender->username;
    json["author_id"] = message.sender->id.value;
    json["created_at"] = base::to_rfc3339(message.sent_at);
    json["moderation"] = channels_verdict(verdict);
    return json;
}

void post(SiteContext& site, Call& call) {
    auto wish = web::parse<NewMessage>(call);
    chat::Draft draft;
    draft.room = web::room_for(site, call, wish.channel);
    draft.text = std::move(wish.content);
    draft.reply_to = wish.reply_to;
    auto answered = web::answer_later(
        call, [&site, channel = wish.channel](chat::Message const& message, judge::Verdict const& verdict) {
            auto json = message_json(site, message, verdict, channel);
            json["success"] = true;
            json["message"] = message.text;
            return web::json_answer(json, 201);
        });
    site.messages.poster.post(call.author(), std::move(draft), std::move(answered));
}

void check(SiteContext& site, Call& call) {
    std::string text, channel;
    web::read_body(call, [&](web::JsonFields& fields) {
        text = fields.text("text", longest_text);
        channel = fields.text_or_empty("channel_id", 200);
    });
    call.answer(Json{{"success", true}, {"moderation", channels_verdict(web::opinion_for(site, call, text, channel))}});
}

/// The newest verdicts of the log, newest first.
void show_history(SiteContext& site, Call& call) {
    auto const limit = call.query_number("limit").value_or(50);
    if (limit < 1 || limit > most_of_history) throw Refused{base::invalid_field("limit", "must be from 1 to 500")};
    auto list = Json::array();
    auto const lines = site.store.log_tail("moderation_log", most_of_history * 2);
    for (auto line = lines.rbegin(); line != lines.rend() && list.size() < limit; ++line) {
        auto const json = base::parse_json(*line);
        if (!json || !json->is_object() || !json->contains("action") || !json->contains("text")) continue;
        base::Members const fields{*json};
        auto const verdict = moderation::parse_verdict(*json);
        list.push_back({{"message_id", fields.text("message")},
                        {"user_id", fields.text("user")},
                        {"username", fields.text("username")},
                        {"channel_id", fields.text("room")},
                        {"content", fields.text("text")},
                        {"action", fields.text("action")},
                        {"severity", fields.text("severity")},
                        {"confidence", verdict.score},
                        {"reasons", events::reasons_of(verdict)},
                        {"timestamp", fields.text("at")}});
    }
    auto const count = list.size();
    call.answer(Json{{"success", true}, {"history", std::move(list)}, {"total", count}});
}

void show_stats(SiteContext& site, Call& call) {
    using judge::Action;
    auto const& counts = site.screening.counts();
    auto const allowed = counts.count(Action::allow), warned = counts.count(Action::warn),
               flagged = counts.count(Action::flag), blocked = counts.count(Action::block);
    call.answer(Json{{"success", true},
                     {"stats",
                      {{"total", allowed + warned + flagged + blocked},
                       {"allowed", allowed},
                       {"warned", warned},
                       {"flagged", flagged},
                       {"blocked", blocked},
                       {"open_cases", site.cases.open_count()}}}});
}

}  // namespace

void add_channels_routes(web::Router& router) {
    for (auto const* path : {"/api/messages", "/api/messages/send"})
        router.post(path, Rights::signed_in, post).refuses(channels_refusal);
    router.post("/api/agents/moderation/check", Rights::signed_in, check).refuses(channels_refusal);
    router.get("/api/agents/moderation/history", Rights::moderator, show_history).refuses(channels_refusal);
    router.get("/api/agents/moderation/stats", Rights::moderator, show_stats).refuses(channels_refusal);
}

}  // namespace soyuz::dialects
