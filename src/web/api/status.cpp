#include <nlohmann/json.hpp>

#include "base/workers.hpp"
#include "chat/accounts.hpp"
#include "chat/observer.hpp"
#include "store/store.hpp"
#include "web/app.hpp"
#include "web/call.hpp"

namespace soyuz::web {

using Json = nlohmann::json;

namespace {

void health(Call& call) {
    auto& app = call.app();
    bool const writable = app.store.writable();
    std::string status = "ok";
    if (!writable) status = "read_only";
    if (app.draining) status = "draining";
    Json json{{"status", status}, {"version", app.options.version}, {"writable", writable}};
    if (app.site.health) app.site.health(json);
    auto answer = json_answer(json, json["status"] == "ok" ? 200 : 503);
    if (answer.status == 503) answer.with("Retry-After", "5");
    call.answer(std::move(answer));
}

/// Does Accept prefer JSON? Monitoring systems that scrape text send other types, or */*.
bool wants_json(Call const& call) {
    return call.request().header("accept").find("application/json") != std::string_view::npos;
}

void append_metric(std::string& out, std::string_view name, std::string_view help, std::string_view type,
                   std::uint64_t value) {
    out.append("# HELP soyuz_").append(name).append(" ").append(help).append("\n# TYPE soyuz_").append(name);
    out.append(" ").append(type).append("\nsoyuz_").append(name).append(" ").append(std::to_string(value)).append("\n");
}

void metrics(Call& call) {
    auto& app = call.app();
    auto const store = app.store.figures();
    if (wants_json(call)) {
        Json json{{"viewer_count", app.presence.online_count()},
                  {"gift_count", 0},
                  {"toxic_pct", 0},
                  {"accounts", app.accounts.count()},
                  {"commits", store.commits},
                  {"batches", store.batches},
                  {"journal_bytes", store.bytes},
                  {"checkpoints", store.checkpoints},
                  {"workers_waiting", app.workers.waiting()}};
        if (app.site.metrics_json) app.site.metrics_json(json);
        return call.answer(json);
    }
    Answer answer;
    answer.type = "text/plain; version=0.0.4; charset=utf-8";
    auto& text = answer.body;
    append_metric(text, "accounts", "Accounts that exist.", "gauge", app.accounts.count());
    append_metric(text, "online_users", "Users with an open socket.", "gauge", app.presence.online_count());
    append_metric(text, "workers_waiting", "Pieces of work that wait for a worker.", "gauge", app.workers.waiting());
    append_metric(text, "commits_total", "Group commits, each one fsync.", "counter", store.commits);
    append_metric(text, "committed_batches_total", "Batches made durable.", "counter", store.batches);
    append_metric(text, "journal_bytes_total", "Bytes written to the journal.", "counter", store.bytes);
    append_metric(text, "checkpoints_total", "Checkpoints written.", "counter", store.checkpoints);
    append_metric(text, "quarantined_total", "Damaged records set aside.", "counter", store.quarantined);
    append_metric(text, "last_fsync_microseconds", "How long the newest fsync took.", "gauge",
                  static_cast<std::uint64_t>(store.last_fsync.count()));
    append_metric(text, "writable", "1 while changes can be saved.", "gauge", app.store.writable() ? 1 : 0);
    if (app.site.metrics_text) app.site.metrics_text(text);
    call.answer(std::move(answer));
}

}  // namespace

void add_status_routes(Router& router, App&) {
    router.get("/healthz", Rights::anyone, health).banned_too().about("200 while ready, else 503").answers("Health");
    router.get("/metrics", Rights::anyone, metrics)
        .banned_too()
        .about("Figures as Prometheus text; as JSON where Accept asks for it")
        .answers("Metrics");
}

}  // namespace soyuz::web
