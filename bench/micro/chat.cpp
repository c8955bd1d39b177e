// What the domain does for each message and each try.
#include <string>

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/manual_clock.hpp"
#include "base/throttle.hpp"
#include "base/token_bucket.hpp"
#include "contract/events.hpp"
#include "contract/shapes.hpp"
#include "ground.hpp"
#include "moderation/conduct/spam_window.hpp"

using namespace soyuz;

namespace {

void message_json(benchmark::State& state) {
    bench::Ground const ground;
    auto const message = ground.message(state.range(0));
    std::string text;
    for (auto _ : state) {
        text.clear();
        contract::append_message_json(text, message, ground.accounts);
        benchmark::DoNotOptimize(text.data());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(message_json)->ArgName("seq")->Arg(1)->Arg(5);

void message_event(benchmark::State& state) {
    bench::Ground const ground;
    auto const message = ground.message(1);
    for (auto _ : state) benchmark::DoNotOptimize(contract::events::message(message, ground.accounts));
}
BENCHMARK(message_event);

void command_parse(benchmark::State& state) {
    constexpr std::string_view command =
        R"({"type":"message","room":"lobby","text":"I think question 3 is about the river.","client_id":"a1b2","ref":7})";
    for (auto _ : state) benchmark::DoNotOptimize(base::parse_json(command));
}
BENCHMARK(command_parse);

/// Ten thousand names in turn, a try of one each millisecond.
void throttle_take(benchmark::State& state) {
    base::ManualClock clock;
    base::Throttle throttle(clock, std::chrono::minutes{1}, 20'000);
    std::vector<std::string> names;
    for (int i = 0; i < 10'000; ++i) names.push_back("192.0.2." + std::to_string(i));
    std::size_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(throttle.take(names[next], 10));
        if (++next == names.size()) next = 0;
        clock.advance(std::chrono::milliseconds{1});
    }
}
BENCHMARK(throttle_take);

void spam_window_admit(benchmark::State& state) {
    base::ManualClock clock;
    moderation::SpamWindow window(clock);
    moderation::SpamRules const rules;
    std::vector<base::UserId> users;
    for (int i = 0; i < 10'000; ++i) users.emplace_back("user" + std::to_string(i));
    std::size_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(window.admit(rules, users[next], "192.0.2.1", "I think question 3 is the river."));
        if (++next == users.size()) next = 0;
        clock.advance(std::chrono::milliseconds{1});
    }
}
BENCHMARK(spam_window_admit);

void command_budget(benchmark::State& state) {
    base::ManualClock clock;
    base::TokenBucket budget(50, 100, clock.moment());
    for (auto _ : state) benchmark::DoNotOptimize(budget.take(clock.moment()));
}
BENCHMARK(command_budget);

}  // namespace
