#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "judge/verdict_counts.hpp"
#include "moderation/conduct/sanctions.hpp"

namespace soyuz::base {
class Exposition;
}
namespace soyuz::net {
class Listener;
class Loops;
}  // namespace soyuz::net
namespace soyuz::realtime {
class Announcer;
class MediaGateway;
}  // namespace soyuz::realtime
namespace soyuz::live {
class Stages;
}

namespace soyuz::app {

class StorageFigures;

/// Once a second on each loop: by how much a timer is late, and how much waits in outboxes. Readable from any thread.
class LoopWatch {
public:
    LoopWatch(net::Loops& loops, net::Listener const& listener);
    ~LoopWatch();

    struct Lag {
        std::chrono::microseconds last{0}, most{0};
    };
    std::vector<Lag> lags() const;
    std::uint64_t most_outbox_bytes() const;

private:
    struct State;
    std::shared_ptr<State> state_;  ///< shared with timers that may outlive this
};

/// What /metrics and /healthz tell beside the figures of store and workers. All of it is thread-safe.
struct MetricSources {
    net::Listener const& listener;
    realtime::Announcer const& announcer;
    judge::VerdictCounts const& verdicts;
    moderation::Sanctions const& sanctions;
    live::Stages const& stages;
    realtime::MediaGateway const& media;
    LoopWatch const& loops;
    StorageFigures& storage;
    std::array<std::atomic<std::uint64_t>, 2> const& imposed;  ///< bans, mutes
    std::chrono::system_clock::time_point started;
};

void add_health(nlohmann::json& json, MetricSources const& sources);
void add_metrics(base::Exposition& out, MetricSources const& sources);
/// `in_full`: for those who run the server; else only what a page may show to anybody.
void add_metrics(nlohmann::json& json, MetricSources const& sources, bool in_full);

}  // namespace soyuz::app
