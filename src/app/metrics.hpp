#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "judge/judge.hpp"
#include "moderation/conduct/sanctions.hpp"

namespace soyuz::base {
class Exposition;
}
namespace soyuz::net {
class Listener;
class Loops;
}  // namespace soyuz::net
namespace soyuz::realtime {
class Hub;
}

namespace soyuz::app {

class StorageFigures;

/// A judge that counts the verdicts of another one. Thread-safe.
class CountingJudge final : public judge::Judge {
public:
    explicit CountingJudge(judge::Judge const& judge) : judge_(judge) {}
    judge::Verdict judge(std::string_view text, judge::Occasion const& occasion) const override;
    std::string lexicon_version() const override { return judge_.lexicon_version(); }
    std::string model_version() const override { return judge_.model_version(); }

    std::uint64_t count(judge::Action action) const;
    /// Per cent of the judged texts that were flagged or blocked; 0 before the first.
    double toxic_percent() const;

private:
    judge::Judge const& judge_;
    mutable std::array<std::atomic<std::uint64_t>, 4> counts_{};
};

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
    realtime::Hub const& hub;
    CountingJudge const& judge;
    moderation::Sanctions const& sanctions;
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
