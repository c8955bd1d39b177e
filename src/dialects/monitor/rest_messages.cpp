#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "dialects/monitor/monitor_shapes.hpp"
#include "dialects/rest/family.hpp"
#include "dialects/rest/routes.hpp"
#include "web/api/messages.hpp"
#include "web/http/json_fields.hpp"
#include "web/site_context.hpp"

namespace soyuz::dialects {

namespace {

using Json = nlohmann::json;
using base::Code;
using web::Call;
using web::or_refuse;
using web::Refused;
using web::Rights;
using web::SiteContext;

constexpr std::size_t most_shown = 200;

chat::UserPtr other_of(SiteContext const& site, Call const& call) {
    auto const& named = call.parameter("user_id");
    auto other = site.accounts.find(base::UserId{named});
    if (!other || other->deleted) other = site.accounts.find_by_name(named);
    if (!other) throw Refused{{Code::not_found, "There is no such user."}};
    return other;
}

/// The newest ones, oldest first.
void list(SiteContext& site, Call& call) {
    auto const& user = call.user();
    auto const other = other_of(site, call);
    auto items = Json::array();
    auto const room = site.rooms.find_direct(user.id, other->id);
    if (!room) return call.answer(items);
    auto const last = site.rooms.last_seq(room->id);
    auto const page = or_refuse(site.messages.history.before(user, room->id, last + 1, most_shown));
    for (auto const& message : page.messages) {
        if (message->deleted) continue;
        bool const is_own = message->sender->id == user.id;
        auto const& receiver = is_own ? *other : user;
        items.push_back(
            monitor::message_json(*message, receiver, message->id.seq <= site.rooms.read_seq(receiver.id, room->id)));
    }
    site.rooms.mark_read(user, *room, last);
    call.answer(items);
}

void send(SiteContext& site, Call& call) {
    auto const other = other_of(site, call);
    chat::Draft draft;
    web::read_body(call, [&](web::JsonFields& fields) { draft.text = fields.text("message", 64U << 10U); });
    draft.room = or_refuse(site.rooms.direct(call.user(), *other));
    auto answered = web::answer_later(call, [other](chat::Message const& message, judge::Verdict const&) {
        return web::json_answer(monitor::message_json(message, *other, false), 201);
    });
    site.messages.poster.post(call.author(), std::move(draft), std::move(answered));
}

void clear(SiteContext& site, Call& call) {
    auto const other = other_of(site, call);
    auto const room = site.rooms.find_direct(call.user().id, other->id);
    if (room) or_refuse(site.rooms.clear(call.user(), room->id));
    call.answer(Json{{"message", "The conversation is cleared for you."}});
}

}  // namespace

void add_monitor_message_routes(web::Router& router) {
    router.get("/api/messages/{user_id}", Rights::signed_in, list)
        .refuses(channels_refusal)
        .about("The newest messages of a direct conversation, in the monitor family's shape")
        .answers("MonitorMessages");
    router.post("/api/messages/{user_id}", Rights::signed_in, send)
        .refuses(channels_refusal)
        .about("Writes to somebody, in the monitor family's shape")
        .body("NewMonitorMessage")
        .answers("MonitorMessage", 201);
    router.remove("/api/messages/{user_id}", Rights::signed_in, clear)
        .refuses(channels_refusal)
        .about("Clears a direct conversation for oneself, in the monitor family's shape")
        .answers("MonitorDone");
}

}  // namespace soyuz::dialects
