#include "app/metrics.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "app/process_stats.hpp"
#include "app/storage_figures.hpp"
#include "app/version.hpp"
#include "base/exposition.hpp"
#include "live/stages.hpp"
#include "net/listener.hpp"
#include "net/loop.hpp"
#include "realtime/announcer.hpp"
#include "realtime/live/media_gateway.hpp"

namespace soyuz::app {

namespace {

using namespace std::chrono_literals;
using judge::Action;
using Steady = std::chrono::steady_clock;

constexpr auto watch_interval = 1s;
constexpr std::array<Action, 4> actions{Action::allow, Action::warn, Action::flag, Action::block};

double as_number(std::uint64_t value) { return static_cast<double>(value); }
double seconds(std::chrono::microseconds span) { return std::chrono::duration<double>(span).count(); }

template <class Value>
void raise(std::atomic<Value>& most, Value value) {
    if (value > most.load(std::memory_order_relaxed)) most.store(value, std::memory_order_relaxed);
}

void add_wire(base::Exposition& out, net::Listener::Figures const& wire, MetricSources const& sources) {
    out.family("connections", "gauge", "Open connections by kind.");
    out.sample("connections", {{"kind", "http"}},
               as_number(wire.open_connections - std::min(wire.open_connections, wire.open_websockets)));
    out.sample("connections", {{"kind", "websocket"}}, as_number(wire.open_websockets));
    out.counter("connections_accepted_total", "Connections accepted.", as_number(wire.accepted));
    out.counter("connections_refused_total", "Connections refused by a limit.", as_number(wire.refused));
    out.counter("requests_read_total", "HTTP requests read, those that were malformed left out.",
                as_number(wire.requests));
    out.counter("bytes_received_total", "Bytes read from sockets.", as_number(wire.bytes_in));
    out.counter("bytes_sent_total", "Bytes written to sockets.", as_number(wire.bytes_out));
    out.gauge("outbox_bytes", "Bytes that wait for slow readers.", as_number(wire.outbox_bytes));
    out.gauge("outbox_bytes_max", "The most that waited since the start, looked at once a second.",
              as_number(std::max(wire.outbox_bytes, sources.loops.most_outbox_bytes())));
    out.counter("slow_readers_dropped_total", "Connections closed because they fell behind.",
                as_number(wire.dropped_slow));
}

void add_moderation(base::Exposition& out, MetricSources const& sources) {
    out.family("verdicts_total", "counter", "Texts judged, by what was decided.");
    for (auto const action : actions)
        out.sample("verdicts_total", {{"action", judge::name(action)}}, as_number(sources.verdicts.count(action)));
    std::array<std::uint64_t, 2> in_force{};
    for (auto const& sanction : sources.sanctions.all())
        ++in_force[sanction.kind == moderation::Sanction::Kind::ban ? 0 : 1];
    out.family("sanctions", "gauge", "Bans and mutes in force.");
    out.sample("sanctions", {{"kind", "ban"}}, as_number(in_force[0]));
    out.sample("sanctions", {{"kind", "mute"}}, as_number(in_force[1]));
    out.family("sanctions_imposed_total", "counter", "Bans and mutes imposed since the start.");
    out.sample("sanctions_imposed_total", {{"kind", "ban"}}, as_number(sources.imposed[0]));
    out.sample("sanctions_imposed_total", {{"kind", "mute"}}, as_number(sources.imposed[1]));
}

void add_live(base::Exposition& out, MetricSources const& sources) {
    auto const live = sources.stages.figures();
    auto const media = sources.media.figures();
    out.gauge("live_streams", "Live rooms that are on air.", as_number(live.on_air));
    out.gauge("live_viewers", "People who watch live rooms, counted in each.", as_number(live.viewers));
    out.counter("gifts_total", "Gifts given since the start or the last reset.", as_number(live.gifts));
    out.counter("live_fragments_total", "Pieces of streams handed to viewers.", as_number(media.pieces));
    out.counter("live_fragments_skipped_total", "Pieces left out for viewers who fell behind.",
                as_number(media.skipped));
}

void add_storage(base::Exposition& out, StorageFigures::Values const& values) {
    out.gauge("messages_today", "Messages in all rooms since midnight UTC.", as_number(values.messages_today));
    out.family("storage_bytes", "gauge", "Bytes of the files in each folder.");
    out.sample("storage_bytes", {{"folder", "data"}}, as_number(values.data_bytes));
    out.sample("storage_bytes", {{"folder", "uploads"}}, as_number(values.uploads_bytes));
    auto const backup = values.last_backup.value_or(base::Timestamp{});
    out.gauge("last_backup_timestamp_seconds", "When the newest backup was made, since 1970; 0: never.",
              std::chrono::duration<double>(backup.time_since_epoch()).count());
}

void add_process(base::Exposition& out, MetricSources const& sources) {
    out.family("build_info", "gauge", "Always 1; the label says which version runs.");
    out.sample("build_info", {{"version", version()}}, 1);
    out.family("loop_lag_seconds", "gauge",
               "By how much a timer of each event loop was late, looked at once a second.");
    auto const lags = sources.loops.lags();
    for (std::size_t loop = 0; loop < lags.size(); ++loop)
        out.sample("loop_lag_seconds", {{"loop", std::to_string(loop)}}, seconds(lags[loop].last));
    out.family("loop_lag_seconds_max", "gauge", "The most since the start.");
    for (std::size_t loop = 0; loop < lags.size(); ++loop)
        out.sample("loop_lag_seconds_max", {{"loop", std::to_string(loop)}}, seconds(lags[loop].most));
    auto const process = process_stats();
    auto const uptime = std::chrono::system_clock::now() - sources.started;
    out.gauge("uptime_seconds", "Since the start.", std::chrono::duration<double>(uptime).count());
    out.gauge("process_start_time_seconds", "When the process started, since 1970.",
              std::chrono::duration<double>(sources.started.time_since_epoch()).count());
    out.gauge("process_resident_memory_bytes", "Resident memory.", as_number(process.resident_bytes));
    out.gauge("process_open_fds", "Open file descriptors.", as_number(process.open_files));
    out.gauge("process_max_fds", "Most file descriptors that may be open.", as_number(process.most_files));
    out.counter("process_cpu_seconds_total", "Processor time used.", process.cpu_seconds);
}

}  // namespace

struct LoopWatch::State {
    struct Lag {
        std::atomic<std::int64_t> last{0}, most{0};
    };
    State(net::Loops& watched, net::Listener const& on) : loops(watched), listener(on), lags(watched.size()) {}

    /// Looks again and again until the loop or the watch stops.
    static void look(std::shared_ptr<State> const& state, std::size_t index) {
        auto const due = Steady::now() + watch_interval;
        state->loops.at(index).after(watch_interval, [state, index, due] {
            if (state->is_over) return;
            auto const late = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - due).count();
            state->lags[index].last.store(late, std::memory_order_relaxed);
            raise(state->lags[index].most, static_cast<std::int64_t>(late));
            if (index == 0) raise(state->most_outbox_bytes, state->listener.figures().outbox_bytes);
            look(state, index);
        });
    }

    net::Loops& loops;
    net::Listener const& listener;
    std::vector<Lag> lags;
    std::atomic<std::uint64_t> most_outbox_bytes{0};
    std::atomic<bool> is_over{false};
};

LoopWatch::LoopWatch(net::Loops& loops, net::Listener const& listener)
    : state_(std::make_shared<State>(loops, listener)) {
    for (std::size_t index = 0; index < loops.size(); ++index) State::look(state_, index);
}

LoopWatch::~LoopWatch() { state_->is_over = true; }

std::vector<LoopWatch::Lag> LoopWatch::lags() const {
    std::vector<Lag> found;
    for (auto const& lag : state_->lags)
        found.push_back({std::chrono::microseconds{lag.last.load(std::memory_order_relaxed)},
                         std::chrono::microseconds{lag.most.load(std::memory_order_relaxed)}});
    return found;
}

std::uint64_t LoopWatch::most_outbox_bytes() const { return state_->most_outbox_bytes.load(std::memory_order_relaxed); }

void add_health(nlohmann::json& json, MetricSources const& sources) {
    json["online"] = sources.announcer.online_count();
    json["connections"] = sources.listener.figures().open_connections;
}

void add_metrics(base::Exposition& out, MetricSources const& sources) {
    auto const fan_out = sources.announcer.figures();
    add_wire(out, sources.listener.figures(), sources);
    out.counter("deliveries_total", "Events put into outboxes.", as_number(fan_out.deliveries));
    out.counter("events_dropped_total", "Typing and presence events left out for slow readers.",
                as_number(fan_out.dropped_events));
    add_moderation(out, sources);
    add_live(out, sources);
    add_storage(out, sources.storage.values());
    add_process(out, sources);
}

void add_metrics(nlohmann::json& json, MetricSources const& sources, bool in_full) {
    auto const live = sources.stages.figures();
    json["viewer_count"] = live.viewers;
    json["gift_count"] = live.gifts;
    json["live_streams"] = live.on_air;
    json["toxic_pct"] = sources.verdicts.toxic_percent();
    if (!in_full) return;
    auto const wire = sources.listener.figures();
    json["connections"] = wire.open_connections;
    json["websockets"] = wire.open_websockets;
    json["deliveries"] = sources.announcer.figures().deliveries;
    auto const storage = sources.storage.values();
    json["messages_today"] = storage.messages_today;
    json["storage_bytes"] = storage.data_bytes + storage.uploads_bytes;
    json["last_backup_at"] = nullptr;
    if (storage.last_backup) json["last_backup_at"] = base::to_rfc3339(*storage.last_backup);
}

}  // namespace soyuz::app
