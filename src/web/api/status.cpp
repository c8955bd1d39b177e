#include <nlohmann/json.hpp>

#include "base/exposition.hpp"
#include "base/workers.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/observer.hpp"
#include "store/store.hpp"
#include "web/http/call.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using base::Error;
using Json = nlohmann::json;

namespace {

void health(SiteContext& site, Call& call) {
    bool const writable = site.store.writable();
    std::string status = "ok";
    if (!writable) status = "read_only";
    if (site.draining) status = "draining";
    Json json{{"status", status}, {"version", site.options.version}, {"writable", writable}};
    if (site.hooks.health) site.hooks.health(json);
    auto answer = json_answer(json, json["status"] == "ok" ? 200 : 503);
    if (answer.status == 503) answer.with("Retry-After", "5");
    call.answer(std::move(answer));
}

/// Does Accept prefer JSON? Monitoring systems that scrape text send other types, or */*.
bool wants_json(Call const& call) {
    return call.request().header("accept").find("application/json") != std::string_view::npos;
}

/// Did the request come from this machine itself, and not through a proxy or tunnel that runs on it?
bool is_local(SiteContext const& site, Call const& call) {
    auto const& request = call.request();
    // A forwarder of bytes adds no header: where the world comes in, this machine is not told from it by its address.
    bool const is_shared =
        !site.options.public_url.empty() || (site.hooks.reach && !site.hooks.reach().tunnel_url.empty());
    return !is_shared && is_loopback(request.peer_address) && !came_through_proxy(request);
}

bool may_read_metrics(SiteContext& site, Call const& call) {
    if (call.identity() != nullptr && call.user().role >= chat::Role::moderator) return true;
    return is_local(site, call) || site.metrics_readers.trusts(call.client().address);
}

double as_number(std::uint64_t value) { return static_cast<double>(value); }

void append_http(base::Exposition& out, RequestLog const& requests) {
    out.family("http_requests_total", "counter", "HTTP requests answered, by class of status.");
    for (std::size_t kind = 1; kind < requests.by_class.size(); ++kind)
        out.sample("http_requests_total", {{"class", std::to_string(kind) + "xx"}}, as_number(requests.by_class[kind]));
    out.histogram("http_request_seconds", "From the begin of a request's handling to its answer.",
                  requests.duration.snapshot(), 1e6);
    out.family("handshakes_total", "counter", "WebSocket handshakes.");
    out.sample("handshakes_total", {{"result", "opened"}}, as_number(requests.sockets_opened));
    out.sample("handshakes_total", {{"result", "refused"}}, as_number(requests.sockets_refused));
    out.family("logins_total", "counter", "Sign-ins with a password.");
    out.sample("logins_total", {{"result", "ok"}}, as_number(requests.logins));
    out.sample("logins_total", {{"result", "failed"}}, as_number(requests.logins_failed));
    out.family("sign_ups_total", "counter", "Accounts asked for.");
    out.sample("sign_ups_total", {{"result", "ok"}}, as_number(requests.sign_ups));
    out.sample("sign_ups_total", {{"result", "refused"}}, as_number(requests.sign_ups_refused));
}

void append_store(base::Exposition& out, store::Store const& store) {
    auto const figures = store.figures();
    out.counter("messages_total", "Messages made durable since the start.", as_number(figures.messages));
    out.counter("commits_total", "Group commits, each one fsync.", as_number(figures.commits));
    out.counter("committed_batches_total", "Batches made durable.", as_number(figures.batches));
    out.counter("journal_bytes_total", "Bytes written to the journal.", as_number(figures.bytes));
    out.counter("checkpoints_total", "Checkpoints written.", as_number(figures.checkpoints));
    out.counter("quarantined_total", "Damaged records set aside.", as_number(figures.quarantined));
    out.gauge("commit_queue", "Batches that wait for the disk.", as_number(figures.queued));
    out.histogram("commit_seconds", "Wait of the oldest batch of each group until it was durable and answered.",
                  figures.commit, 1e6);
    out.histogram("commit_group_batches", "Batches that one fsync made durable.", figures.group, 1);
    out.histogram("fsync_seconds", "Duration of the journal's fsyncs.", figures.fsync, 1e6);
    out.gauge("writable", "1 while changes can be saved.", store.writable() ? 1 : 0);
}

void append_expensive(base::Exposition& out, ExpensiveWork const& expensive) {
    auto const figures = expensive.figures();
    out.family("expensive_waiting", "gauge", "Hashes, pictures, searches and uploads that wait for a thread.");
    for (auto const& each : figures) out.sample("expensive_waiting", {{"kind", each.kind}}, as_number(each.waiting));
    out.family("expensive_refused_total", "counter", "Those refused because too many waited.");
    for (auto const& each : figures)
        out.sample("expensive_refused_total", {{"kind", each.kind}}, as_number(each.refused));
    out.counter("expensive_over_share_total", "Those refused because their caller had its share in flight.",
                as_number(expensive.over_share()));
}

void metrics(SiteContext& site, Call& call) {
    bool const may_read = may_read_metrics(site, call);
    if (wants_json(call)) {
        // What a page may show to anybody; the rest is for those who run the server.
        Json json{{"viewer_count", site.presence.online_count()}, {"gift_count", 0}, {"toxic_pct", 0}};
        if (site.hooks.metrics_json) site.hooks.metrics_json(json, may_read);
        if (!may_read) return call.answer(json);
        auto const store = site.store.figures();
        json.update({{"accounts", site.accounts.count()},
                     {"commits", store.commits},
                     {"batches", store.batches},
                     {"messages", store.messages},
                     {"journal_bytes", store.bytes},
                     {"checkpoints", store.checkpoints},
                     {"workers_waiting", site.workers.waiting()}});
        return call.answer(json);
    }
    if (!may_read)
        throw Refused{call.identity() == nullptr ? Error{Code::not_signed_in, "Sign in first."}
                                                 : Error{Code::forbidden, "You don't have the right to do this."}};
    Answer answer;
    answer.type = "text/plain; version=0.0.4; charset=utf-8";
    base::Exposition out{answer.body};
    out.gauge("accounts", "Accounts that exist.", as_number(site.accounts.count()));
    out.gauge("online_users", "Users with an open socket.", as_number(site.presence.online_count()));
    out.gauge("workers_waiting", "Pieces of work that wait for a worker.", as_number(site.workers.waiting()));
    out.counter("workers_rejected_total", "Pieces of work refused because too many waited.",
                as_number(site.workers.rejected()));
    append_expensive(out, site.expensive);
    append_http(out, site.requests);
    append_store(out, site.store);
    if (site.hooks.metrics_text) site.hooks.metrics_text(out);
    call.answer(std::move(answer));
}

}  // namespace

void add_status_routes(Router& router) {
    router.get("/healthz", Rights::anyone, health).banned_too().about("200 while ready, else 503").answers("Health");
    router.get("/metrics", Rights::anyone, metrics)
        .banned_too()
        .about("Figures as Prometheus text, for this machine and staff; as JSON where Accept asks for it")
        .answers("Metrics");
}

}  // namespace soyuz::web
