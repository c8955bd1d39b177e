#include <nlohmann/json.hpp>

#include "contract/watch_shapes.hpp"
#include "watch/watch.hpp"
#include "web/api/watch.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

Json json_of(SiteContext const& site, Call const& call, watch::Notification const& notification) {
    return contract::notification_json(notification, call.user().id, site.accounts);
}

void list(SiteContext& site, Call& call) {
    watch::Notifications::Query query;
    query.page = static_cast<std::size_t>(call.query_number("page").value_or(1));
    query.per_page = static_cast<std::size_t>(call.query_number("per_page").value_or(50));
    if (query.per_page < 1 || query.per_page > 200)
        throw Refused{base::invalid_field("per_page", "This must be from 1 to 200.")};
    query.event_type = call.query("event_type").value_or("");
    query.stream = call.query("stream").value_or("");
    query.unacknowledged = call.query("unacknowledged").value_or("") == "1";
    if (auto const read = call.query("read"); read && !read->empty()) query.is_read = *read == "1" || *read == "true";
    auto const page = site.watch.notifications.list(call.user(), query);
    auto items = Json::array();
    for (auto const& each : page.items) items.push_back(json_of(site, call, *each));
    call.answer(Json{{"notifications", std::move(items)},
                     {"total", page.total},
                     {"unread", site.watch.notifications.unread(call.user())}});
}

void add(SiteContext& site, Call& call) {
    watch::Notification made;
    read_body(call, [&](JsonFields& fields) {
        made.event_type = fields.text("event_type", 100);
        if (!watch::is_event_type(made.event_type))
            fields.wrong("event_type", "This must be a kind of notification that there is.");
        made.stream = fields.text_or_empty("stream_id", 200);
        made.room_url = fields.text_or_empty("room_url", 2000);
        if (auto const* const details = fields.optional_object("details")) made.details = *details;
    });
    auto const added = or_refuse(site.watch.notify(std::move(made)));
    call.answer(json_of(site, call, *added.notification), added.is_new ? 201 : 200);
}

void mark(SiteContext& site, Call& call) {
    bool read = true;
    read_body(call, [&](JsonFields& fields) { read = fields.optional_flag("read").value_or(true); });
    call.answer(json_of(site, call, *or_refuse(site.watch.mark_notification(call.user(), call.parameter("id"), read))));
}

void forward(SiteContext& site, Call& call) {
    std::string agent;
    read_body(call, [&](JsonFields& fields) { agent = fields.text("agent", 200); });
    auto const changed =
        or_refuse(site.watch.forward(call.user(), call.parameter("id"), account_named(site, "agent", agent)));
    call.answer(json_of(site, call, *changed));
}

Json own_wishes(SiteContext const& site, Call const& call) {
    if (!site.hooks.outward.own) throw Refused{{Code::conflict, "Nothing is sent from this server."}};
    auto json = site.hooks.outward.own(call.user().id);
    json["address"] = call.user().email;
    return json;
}

void change_wishes(SiteContext& site, Call& call) {
    if (!site.hooks.outward.change_own) throw Refused{{Code::conflict, "Nothing is sent from this server."}};
    or_refuse(site.hooks.outward.change_own(call.user().id, call.json()));
    call.answer(own_wishes(site, call));
}

void give_telegram_code(SiteContext& site, Call& call) {
    if (!site.hooks.outward.telegram_code) throw Refused{{Code::conflict, "Nothing is sent from this server."}};
    call.answer(Json{{"code", site.hooks.outward.telegram_code(call.user().id)}, {"expires_in", 600}}, 201);
}

}  // namespace

void add_watch_notification_routes(Router& router) {
    router.get("/api/v1/notifications", Rights::agent, list)
        .reads({"page", "per_page", "event_type", "stream", "read", "unacknowledged"})
        .about("What staff and agents were told, newest first")
        .answers("Notifications");
    router.post("/api/v1/notifications", Rights::admin, add)
        .about("Tells staff and the agents of a stream something; an equal one within five minutes is given again")
        .body("NewNotification")
        .answers("Notification", 201);
    router
        .get("/api/v1/notifications/ways", Rights::agent,
             [](SiteContext& site, Call& call) { call.answer(own_wishes(site, call)); })
        .about("How one is told outside of the pages")
        .answers("Ways");
    router.patch("/api/v1/notifications/ways", Rights::agent, change_wishes)
        .about("Changes how one is told outside of the pages, and when not")
        .body("Ways")
        .answers("Ways");
    router.post("/api/v1/notifications/ways/telegram-code", Rights::agent, give_telegram_code)
        .about("What one sends the bot within ten minutes to link one's account")
        .answers("LinkCode", 201);
    router
        .post("/api/v1/notifications/read-all", Rights::agent,
              [](SiteContext& site, Call& call) {
                  call.answer(Json{{"count", or_refuse(site.watch.mark_all_read(call.user()))}});
              })
        .about("Marks all as read, for oneself")
        .answers("Count");
    router
        .remove("/api/v1/notifications", Rights::agent,
                [](SiteContext& site, Call& call) {
                    call.answer(Json{{"count", or_refuse(site.watch.remove_all_notifications(call.user()))}});
                })
        .about("Deletes all, for oneself")
        .answers("Count");
    router
        .get("/api/v1/notifications/{id}", Rights::agent,
             [](SiteContext& site, Call& call) {
                 auto const found = site.watch.notifications.find(call.user(), call.parameter("id"));
                 if (!found) throw Refused{{Code::not_found, "There is no such notification."}};
                 call.answer(json_of(site, call, *found));
             })
        .about("One notification")
        .answers("Notification");
    router.put("/api/v1/notifications/{id}/read", Rights::agent, mark)
        .about("Marks one as read or unread, for oneself")
        .body("NotificationMark")
        .answers("Notification");
    router
        .post("/api/v1/notifications/{id}/acknowledge", Rights::agent,
              [](SiteContext& site, Call& call) {
                  auto const changed =
                      or_refuse(site.watch.acknowledge_notification(call.user(), call.parameter("id")));
                  call.answer(json_of(site, call, *changed));
              })
        .about("Says that somebody looks after it, to all")
        .answers("Notification");
    router.post("/api/v1/notifications/{id}/forward", Rights::agent, forward)
        .about("Shows one to another agent or to somebody of the staff")
        .body("Forwarding")
        .answers("Notification");
    router
        .remove("/api/v1/notifications/{id}", Rights::agent,
                [](SiteContext& site, Call& call) {
                    or_refuse(site.watch.remove_notification(call.user(), call.parameter("id")));
                    call.answer(no_content());
                })
        .about("Deletes one, for oneself")
        .answers("", 204);
}

}  // namespace soyuz::web
