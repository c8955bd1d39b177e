#include <optional>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "dialects/monitor/monitor_shapes.hpp"
#include "dialects/rest/family.hpp"
#include "dialects/rest/routes.hpp"
#include "watch/watch.hpp"
#include "web/api/watch.hpp"
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

Json json_of(SiteContext const& site, Call const& call, watch::Notification const& notification) {
    return monitor::notification_json(notification, call.user().id, site.watch, site.accounts);
}

void list(SiteContext& site, Call& call) {
    watch::Notifications::Query query;
    query.page = static_cast<std::size_t>(call.query_number("page").value_or(1));
    query.per_page = static_cast<std::size_t>(call.query_number("per_page").value_or(50));
    if (query.per_page < 1 || query.per_page > 200)
        throw Refused{base::invalid_field("per_page", "must be from 1 to 200")};
    auto const page = site.watch.notifications.list(call.user(), query);
    auto items = Json::array();
    for (auto const& each : page.items) items.push_back(json_of(site, call, *each));
    call.answer(Json{{"notifications", std::move(items)},
                     {"total", page.total},
                     {"page", query.page},
                     {"per_page", query.per_page},
                     {"pages", (page.total + query.per_page - 1) / query.per_page},
                     {"unread_count", site.watch.notifications.unread(call.user())}});
}

void add(SiteContext& site, Call& call) {
    watch::Notification made;
    bool read = false;
    web::read_body(call, [&](web::JsonFields& fields) {
        made.event_type = fields.text("event_type", 100);
        if (!watch::is_event_type(made.event_type))
            fields.wrong("event_type", "must be a kind of notification that there is");
        made.room_url = fields.text("room_url", 2000);
        if (auto const* const details = fields.optional_object("details")) made.details = *details;
        read = fields.optional_flag("read").value_or(false);
    });
    // Agents speak of their own streams alone.
    auto const stream = site.watch.streams.find_by_url(made.room_url);
    if (call.user().role < chat::Role::moderator && (!stream || !site.watch.may_see(call.user(), stream->id)))
        throw Refused{{Code::not_found, "There is no such stream."}};
    auto added = or_refuse(site.watch.notify(std::move(made)));
    auto shown = added.notification;
    if (read) shown = or_refuse(site.watch.mark_notification(call.user(), shown->id, true));
    call.answer(json_of(site, call, *shown), added.is_new ? 201 : 200);
}

void show(SiteContext& site, Call& call) {
    auto const found = site.watch.notifications.find(call.user(), call.parameter("id"));
    if (!found) throw Refused{{Code::not_found, "There is no such notification."}};
    call.answer(json_of(site, call, *found));
}

/// Marks it, and changes what it says; the latter is for admins.
void change(SiteContext& site, Call& call) {
    auto const& id = call.parameter("id");
    if (!site.watch.notifications.find(call.user(), id))
        throw Refused{{Code::not_found, "There is no such notification."}};
    std::optional<bool> read;
    std::optional<Json> details;
    web::read_body(call, [&](web::JsonFields& fields) {
        read = fields.optional_flag("read");
        if (auto const* const given = fields.optional_object("details")) details = *given;
    });
    if (details && call.user().role < chat::Role::admin)
        throw Refused{{Code::forbidden, "Only admins may change what a notification says."}};
    if (details) or_refuse(site.watch.change_notification(call.user(), id, std::move(*details)));
    if (read) or_refuse(site.watch.mark_notification(call.user(), id, *read));
    show(site, call);
}

void forward(SiteContext& site, Call& call) {
    std::string agent;
    web::read_body(call, [&](web::JsonFields& fields) { agent = fields.text("agent_id", 200); });
    auto const to = web::account_named(site, "agent_id", agent);
    auto const changed = or_refuse(site.watch.forward(call.user(), call.parameter("id"), to));
    auto json = json_of(site, call, *changed);
    json["message"] = "The notification is forwarded.";
    call.answer(json);
}

}  // namespace

void add_monitor_notification_routes(web::Router& router) {
    router.get("/api/notifications", Rights::agent, list)
        .refuses(channels_refusal)
        .reads({"page", "per_page"})
        .about("Notifications, in the monitor family's shape")
        .answers("MonitorNotifications");
    router.post("/api/notifications", Rights::agent, add)
        .refuses(channels_refusal)
        .about("Makes a notification; an equal one within five minutes is given again")
        .body("NewMonitorNotification")
        .answers("MonitorNotification", 201);
    router
        .put("/api/notifications/read-all", Rights::agent,
             [](SiteContext& site, Call& call) {
                 auto const count = or_refuse(site.watch.mark_all_read(call.user()));
                 call.answer(Json{{"message", "All is read."}, {"count", count}});
             })
        .refuses(channels_refusal)
        .about("Marks all as read, in the monitor family's shape")
        .answers("MonitorDone");
    router
        .remove("/api/notifications/delete-all", Rights::agent,
                [](SiteContext& site, Call& call) {
                    auto const count = or_refuse(site.watch.remove_all_notifications(call.user()));
                    call.answer(Json{{"message", "All is deleted."}, {"count", count}});
                })
        .refuses(channels_refusal)
        .about("Deletes all for oneself, in the monitor family's shape")
        .answers("MonitorDone");
    router.get("/api/notifications/{id}", Rights::agent, show)
        .refuses(channels_refusal)
        .about("One notification, in the monitor family's shape")
        .answers("MonitorNotification");
    router.put("/api/notifications/{id}", Rights::agent, change)
        .refuses(channels_refusal)
        .about("Changes a notification, in the monitor family's shape")
        .body("MonitorNotificationChange")
        .answers("MonitorNotification");
    router
        .remove("/api/notifications/{id}", Rights::agent,
                [](SiteContext& site, Call& call) {
                    or_refuse(site.watch.remove_notification(call.user(), call.parameter("id")));
                    call.answer(Json{{"message", "The notification is deleted."}});
                })
        .refuses(channels_refusal)
        .about("Deletes a notification for oneself, in the monitor family's shape")
        .answers("MonitorDone");
    router
        .put("/api/notifications/{id}/read", Rights::agent,
             [](SiteContext& site, Call& call) {
                 auto const changed = or_refuse(site.watch.mark_notification(call.user(), call.parameter("id"), true));
                 call.answer(json_of(site, call, *changed));
             })
        .refuses(channels_refusal)
        .about("Marks a notification as read, in the monitor family's shape")
        .answers("MonitorNotification");
    router.post("/api/notifications/{id}/forward", Rights::agent, forward)
        .refuses(channels_refusal)
        .about("Forwards a notification, in the monitor family's shape")
        .body("MonitorForwarding")
        .answers("MonitorNotification");
}

}  // namespace soyuz::dialects
