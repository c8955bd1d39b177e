#include "web/api/messages.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/shapes.hpp"
#include "web/api/rooms.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

constexpr std::size_t longest_text = 64U << 10U;

struct NewMessage {
    std::string text, client_id;
    base::Seq reply_to = 0;
    base::RoomId reply_room;  ///< empty where only the place is named
    static NewMessage read(JsonFields& fields) {
        NewMessage message;
        message.text = fields.text("text", longest_text);
        message.client_id = fields.text_or_empty("client_id", 64);
        if (fields.has("reply_to")) message.read_reply(fields);
        return message;
    }
    /// The place of a message in the same room, or its id.
    void read_reply(JsonFields& fields) {
        if (!fields.is_text("reply_to")) {
            reply_to = fields.optional_number("reply_to", 1ULL << 53U).value_or(0);
            return;
        }
        auto const id = base::parse_message_id(fields.text("reply_to", 100));
        if (!id) return fields.wrong("reply_to", "This must be a message's id or seq.");
        reply_to = id->seq;
        reply_room = id->room;
    }
};

base::MessageId message_id(Call const& call) {
    auto const id = base::parse_message_id(call.parameter("id"));
    if (!id) throw Refused{{Code::not_found, "There is no such message."}};
    return *id;
}

/// A page as JSON text, written directly: this is what a reader fetches most.
void answer_page(SiteContext& site, Call& call, chat::History::Page const& page) {
    std::string text = R"({"messages":[)";
    text.reserve(page.messages.size() * 400);
    bool first = true;
    for (auto const& message : page.messages) {
        if (!first) text += ',';
        first = false;
        contract::append_message_json(text, *message, site.accounts);
    }
    text += page.has_more ? R"(],"has_more":true})" : R"(],"has_more":false})";
    call.answer(json_answer(std::move(text)));
}

std::size_t limit_of(Call const& call) {
    auto const limit = call.query_number("limit").value_or(50);
    if (limit < 1 || limit > 200) throw Refused{base::invalid_field("limit", "This must be from 1 to 200.")};
    return limit;
}

void list(SiteContext& site, Call& call) {
    auto const room = room_for(site, call, call.parameter("name"));
    auto const limit = limit_of(call);
    site.rooms.mark_delivered(call.user(), *room, site.rooms.last_seq(room->id));
    auto const after = call.query_number("after");
    auto const around = call.query_number("around");
    auto const before = call.query_number("before");
    auto const& reader = call.user();
    if (after) return answer_page(site, call, or_refuse(site.messages.history.after(reader, room->id, *after, limit)));
    if (around)
        return answer_page(site, call, or_refuse(site.messages.history.around(reader, room->id, *around, limit)));
    auto const end = before.value_or(site.rooms.last_seq(room->id) + 1);
    answer_page(site, call, or_refuse(site.messages.history.before(reader, room->id, end, limit)));
}

void post(SiteContext& site, Call& call) {
    auto message = parse<NewMessage>(call);
    chat::Draft draft;
    draft.room = room_for(site, call, call.parameter("name"));
    if (!message.reply_room.empty() && message.reply_room != draft.room->id)
        throw Refused{{Code::not_found, "The message that this answers is in another room."}};
    draft.text = std::move(message.text);
    draft.reply_to = message.reply_to;
    draft.client_id = std::move(message.client_id);
    site.messages.poster.post(call.author(), std::move(draft), answer_message(site, call, 201));
}

void edit(SiteContext& site, Call& call) {
    std::string text;
    read_body(call, [&](JsonFields& fields) { text = fields.text("text", longest_text); });
    site.messages.editor.edit(call.author(), message_id(call), std::move(text), answer_message(site, call, 200));
}

void react(SiteContext& site, Call& call, bool on) {
    site.messages.editor.react(call.author(), message_id(call), call.parameter("emoji"), on,
                               answer_message(site, call, 200));
}

}  // namespace

Answer refused_message(base::Error const& error, judge::Verdict const& verdict) {
    auto answer = error_answer(error);
    if (error.code != Code::message_blocked) return answer;
    auto body = contract::error_json(error);
    body["moderation"] = contract::verdict_json(verdict);
    if (!verdict.case_id.empty()) body["case_id"] = verdict.case_id;
    answer.body = base::to_text(body);
    return answer;
}

chat::MessageDone answer_later(Call& call,
                               std::function<Answer(chat::Message const&, judge::Verdict const&)> answer_of) {
    auto refuse = call.route()->refusal ? call.route()->refusal : refused_message;
    return [later = call.later(), refuse = std::move(refuse), answer_of = std::move(answer_of)](
               base::Result<chat::MessagePtr> const& result, judge::Verdict const& verdict, chat::Settled) {
        if (!result) return later->send(refuse(result.error(), verdict));
        if (verdict.case_id == (*result)->verdict.case_id) return later->send(answer_of(**result, verdict));
        // Its author is told what others are not shown.
        auto own = **result;
        own.verdict = verdict;
        later->send(answer_of(own, verdict));
    };
}

chat::MessageDone answer_message(SiteContext& site, Call& call, int status) {
    return answer_later(call, [&site, status](chat::Message const& message, judge::Verdict const&) {
        std::string text;
        contract::append_message_json(text, message, site.accounts);
        return json_answer(std::move(text), status);
    });
}

void add_message_routes(Router& router) {
    router.get("/api/v1/rooms/{name}/messages", Rights::signed_in, list)
        .reads({"before", "after", "around", "limit"})
        .about("A page of a room's messages, ascending; the newest without before, after or around")
        .answers("Messages");
    router.post("/api/v1/rooms/{name}/messages", Rights::signed_in, post)
        .about("Posts a message; answered once it is on disk. The same client_id gives the first result again")
        .body("NewMessage")
        .answers("Message", 201);
    router.patch("/api/v1/messages/{id}", Rights::signed_in, edit)
        .counts_as_change()
        .about("Edits one's own message; judged like a post")
        .body("MessageEdit")
        .answers("Message");
    router
        .remove("/api/v1/messages/{id}", Rights::signed_in,
                [](SiteContext& site, Call& call) {
                    site.messages.editor.remove(call.author(), message_id(call), answer_message(site, call, 200));
                })
        .counts_as_change()
        .about("Deletes a message; by its author, the room's creator or a moderator")
        .answers("Message");
    router
        .post("/api/v1/messages/{id}/restore", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  site.messages.editor.restore(call.author(), message_id(call), answer_message(site, call, 200));
              })
        .counts_as_change()
        .about("Takes a deletion back, by who deleted the message and within ten seconds; else 409 too_late")
        .answers("Message");
    router
        .get("/api/v1/messages/{id}", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 auto const message = or_refuse(site.messages.history.find(call.user(), message_id(call)));
                 call.answer(contract::message_json(*message, site.accounts));
             })
        .about("One message")
        .answers("Message");
    router
        .put("/api/v1/messages/{id}/reactions/{emoji}", Rights::signed_in,
             [](SiteContext& site, Call& call) { react(site, call, true); })
        .counts_as_change()
        .about("Reacts with an emoji")
        .answers("Message");
    router
        .remove("/api/v1/messages/{id}/reactions/{emoji}", Rights::signed_in,
                [](SiteContext& site, Call& call) { react(site, call, false); })
        .counts_as_change()
        .about("Takes a reaction back")
        .answers("Message");
    router
        .post("/api/v1/rooms/{name}/read", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  auto const room = room_for(site, call, call.parameter("name"));
                  base::Seq seq = 0;
                  read_body(call, [&](JsonFields& fields) {
                      if (!fields.has("seq")) fields.wrong("seq", "This is missing.");
                      seq = fields.optional_number("seq", 1ULL << 53U).value_or(0);
                  });
                  site.rooms.mark_read(call.user(), *room, seq);
                  call.answer(Json{{"seq", site.rooms.read_seq(call.user().id, room->id)},
                                   {"unread", site.rooms.unread(call.user().id, room->id)}});
              })
        .about("Notes how far the caller has read; never moves back")
        .body("ReadMark")
        .answers("ReadState");
}

}  // namespace soyuz::web
