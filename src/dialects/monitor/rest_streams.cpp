#include <algorithm>

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "dialects/monitor/monitor_shapes.hpp"
#include "dialects/rest/family.hpp"
#include "dialects/rest/routes.hpp"
#include "watch/watch.hpp"
#include "web/api/watch.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::dialects {

namespace {

using Json = nlohmann::json;
using base::Code;
using watch::StreamState;
using web::Call;
using web::or_refuse;
using web::Refused;
using web::Rights;
using web::SiteContext;

Json json_of(SiteContext const& site, watch::Stream const& stream) {
    return monitor::stream_json(stream, site.watch, site.accounts);
}

void list(SiteContext& site, Call& call) {
    auto const platform = call.query("platform").value_or(""), streamer = call.query("streamer").value_or("");
    auto streams = Json::array();
    for (auto const& each : site.watch.visible_to(call.user())) {
        bool const is_other =
            (!platform.empty() && each->platform != platform) || (!streamer.empty() && each->streamer != streamer);
        if (!is_other) streams.push_back(json_of(site, *each));
    }
    call.answer(streams);
}

void add(SiteContext& site, Call& call) {
    watch::Watch::NewStream wanted;
    std::string agent;
    web::read_body(call, [&](web::JsonFields& fields) {
        wanted.draft = web::read_stream(fields, "room_url");
        if (!wanted.draft.url || wanted.draft.url->empty()) fields.wrong("room_url", "This is missing.");
        agent = fields.text_or_empty("agent_id", 200);
        // These clients write notes for the agent.
        wanted.notes = wanted.draft.notes.value_or("");
    });
    if (!agent.empty()) wanted.agent = web::account_named(site, "agent_id", agent);
    auto const made = or_refuse(site.watch.add_stream(call.user(), std::move(wanted)));
    web::audit(site, call, "stream_added", {{"stream", made->id}, {"url", made->url}});
    call.answer(json_of(site, *made), 201);
}

void change(SiteContext& site, Call& call) {
    watch::Streams::Draft draft;
    web::read_body(call, [&](web::JsonFields& fields) { draft = web::read_stream(fields, "room_url"); });
    auto const changed = or_refuse(site.watch.change_stream(call.user(), call.parameter("id"), draft));
    call.answer(json_of(site, *changed));
}

void remove(SiteContext& site, Call& call) {
    or_refuse(site.watch.remove_stream(call.user(), call.parameter("id")));
    web::audit(site, call, "stream_removed", {{"stream", call.parameter("id")}});
    call.answer(Json{{"message", "The stream is removed."}});
}

void set_status(SiteContext& site, Call& call) {
    auto const stream = web::watched_stream(site, call, call.parameter("id"));
    std::string text;
    web::read_body(call, [&](web::JsonFields& fields) {
        text = fields.text("status", 20);
        if (text != "offline" && text != "online" && text != "monitoring")
            fields.wrong("status", "This must be offline, online or monitoring.");
    });
    auto const changed = or_refuse(site.watch.set_state(stream->id, *watch::parse_state(text)));
    call.answer(json_of(site, *changed));
}

void monitor_stream(SiteContext& site, Call& call, bool wanted) {
    auto const stream = web::watched_stream(site, call, call.parameter("id"));
    or_refuse(site.watch.set_wanted(stream->id, wanted));
    web::audit(site, call, wanted ? "monitoring_started" : "monitoring_stopped", {{"stream", stream->id}});
    call.answer(Json{
        {"success", true},
        {"message", wanted ? "The stream is monitored whenever it is online." : "The stream is monitored no longer."}});
}

/// Begins again with all streams that failed.
void restart(SiteContext& site, Call& call) {
    std::size_t count = 0;
    for (auto const& each : site.watch.streams.all()) {
        if (!each->is_wanted || each->state != StreamState::failed) continue;
        or_refuse(site.watch.set_wanted(each->id, true));
        ++count;
    }
    web::audit(site, call, "monitoring_restarted", {{"streams", std::to_string(count)}});
    call.answer(Json{{"success", true}, {"message", "Monitoring begins again."}, {"restarted", count}});
}

void show_status(SiteContext& site, Call& call) {
    std::size_t active = 0, stopped = 0, failed = 0;
    auto const all = site.watch.visible_to(call.user());
    for (auto const& each : all) {
        active += each->state == StreamState::monitoring ? 1 : 0;
        failed += each->state == StreamState::failed ? 1 : 0;
        stopped += each->state == StreamState::offline || each->state == StreamState::online ? 1 : 0;
    }
    call.answer(Json{{"total_streams", all.size()},
                     {"active_streams", active},
                     {"stopped_streams", stopped},
                     {"failed_streams", failed},
                     {"last_updated", base::to_rfc3339(site.clock.now())}});
}

void show_health(SiteContext& site, Call& call) {
    auto const all = site.watch.streams.all();
    auto const active =
        std::count_if(all.begin(), all.end(), [](auto const& each) { return each->state == StreamState::monitoring; });
    call.answer(Json{{"status", "healthy"}, {"service", "monitor"}, {"active_streams", active}});
}

}  // namespace

void add_monitor_stream_routes(web::Router& router) {
    router.get("/api/streams", Rights::agent, list)
        .refuses(channels_refusal)
        .reads({"platform", "streamer"})
        .about("Watched streams, in the monitor family's shape")
        .answers("MonitorStreams");
    router.post("/api/streams", Rights::moderator, add)
        .refuses(channels_refusal)
        .about("Adds a watched stream, in the monitor family's shape")
        .body("NewMonitorStream")
        .answers("MonitorStream", 201);
    router.put("/api/streams/{id}", Rights::moderator, change)
        .refuses(channels_refusal)
        .about("Changes a watched stream, in the monitor family's shape")
        .body("NewMonitorStream")
        .answers("MonitorStream");
    router.remove("/api/streams/{id}", Rights::moderator, remove)
        .refuses(channels_refusal)
        .about("Removes a watched stream, in the monitor family's shape")
        .answers("MonitorDone");
    router.post("/api/streams/{id}/status", Rights::agent, set_status)
        .refuses(channels_refusal)
        .about("Says how a stream stands, in the monitor family's shape")
        .body("MonitorStatus")
        .answers("MonitorStream");
    router
        .post("/api/monitoring/stream/{id}/start", Rights::agent,
              [](SiteContext& site, Call& call) { monitor_stream(site, call, true); })
        .refuses(channels_refusal)
        .about("Monitors a stream, in the monitor family's shape")
        .answers("MonitorDone");
    router
        .post("/api/monitoring/stream/{id}/stop", Rights::agent,
              [](SiteContext& site, Call& call) { monitor_stream(site, call, false); })
        .refuses(channels_refusal)
        .about("Monitors a stream no longer, in the monitor family's shape")
        .answers("MonitorDone");
    router.post("/api/monitoring/restart", Rights::moderator, restart)
        .refuses(channels_refusal)
        .about("Begins again with the streams that failed, in the monitor family's shape")
        .answers("MonitorDone");
    router.get("/api/monitoring/status", Rights::agent, show_status)
        .refuses(channels_refusal)
        .about("How many streams are monitored, in the monitor family's shape")
        .answers("MonitoringStatus");
    router.get("/api/monitor/health", Rights::anyone, show_health)
        .refuses(channels_refusal)
        .about("Whether streams are monitored at all, in the monitor family's shape")
        .answers("MonitorHealth");
}

}  // namespace soyuz::dialects
