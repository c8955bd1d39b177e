// The journal and the group commit, on the disk of the working folder.
#include <atomic>
#include <string>
#include <variant>

#include <benchmark/benchmark.h>

#include "ground.hpp"
#include "store/changes.hpp"
#include "store/journal.hpp"

using namespace soyuz;

namespace {

store::Batch batch() {
    return {store::AppendMessage{
        base::RoomId{"lobby"},
        R"({"sender":"abcdefghijkl","sent_at":"2026-11-21T07:14:44.123Z","text":"I think question 3 is about the river."})"}};
}

void record_encode(benchmark::State& state) {
    std::string line;
    auto const changes = batch();
    for (auto _ : state) {
        line.clear();
        store::append_record(line, 123456, changes, {4711});
        benchmark::DoNotOptimize(line.data());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(line.size()) * state.iterations());
}
BENCHMARK(record_encode);

/// Groups of records with one write each; with or without the fsync that makes them durable.
void journal_append(benchmark::State& state) {
    tests::Folder const folder{std::filesystem::current_path()};
    store::Journal journal(store::system_files(), folder.path);
    if (journal.begin_segment(1) < 0) return state.SkipWithError("the journal can't be written");
    std::string lines;
    for (std::int64_t i = 0; i < state.range(0); ++i) store::append_record(lines, 1, batch(), {1});
    std::uint64_t last = 0;
    for (auto _ : state) {
        last += static_cast<std::uint64_t>(state.range(0));
        if (journal.append(lines, last, state.range(1) != 0) < 0) state.SkipWithError("the journal can't be written");
        if (state.range(1) != 0 || last % 4096 != 0) continue;
        // What was not made durable is kept in memory.
        state.PauseTiming();
        journal.sync();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.range(0) * state.iterations());
}
BENCHMARK(journal_append)->ArgNames({"records", "fsync"})->Args({1, 0})->Args({64, 0});
BENCHMARK(journal_append)->ArgNames({"records", "fsync"})->Args({1, 1})->Args({64, 1})->UseRealTime();

/// Commits with so many under way, from `commit` to `done`.
void store_commit(benchmark::State& state) {
    tests::Folder const folder{std::filesystem::current_path()};
    base::SystemClock const clock;
    store::Options options;
    options.folder = folder.path / "data";
    auto opened = store::Store::open(options, clock);
    if (std::holds_alternative<store::OpenFailure>(opened)) return state.SkipWithError("the store can't be opened");
    auto const& store = std::get<0>(opened);
    std::atomic<std::int64_t> left{0};
    for (auto _ : state) {
        left = state.range(0);
        for (std::int64_t i = 0; i < state.range(0); ++i)
            store->commit(batch(), [&](base::Result<store::Committed> const&) {
                if (left.fetch_sub(1) == 1) left.notify_one();
            });
        for (auto now = left.load(); now > 0; now = left.load()) left.wait(now);
    }
    state.SetItemsProcessed(state.range(0) * state.iterations());
}
BENCHMARK(store_commit)->Arg(1)->Arg(16)->Arg(256)->UseRealTime();

}  // namespace
