#include <atomic>
#include <future>
#include <thread>

#include <nlohmann/json.hpp>

#include "store/workbench.hpp"

using namespace soyuz::store;
using namespace soyuz::store::test;
using soyuz::base::Code;

TEST_CASE("batches of many threads are acknowledged in the order of their places") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    std::vector<Seq> given;  // written by the committer alone
    std::atomic<int> groups{0};
    store->attach({[&] { ++groups; }, {}, {}});
    constexpr int each = 500;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < each; ++i) {
                store->commit({message("lobby", std::to_string(thread) + "-" + std::to_string(i))},
                              [&](Result<Committed> committed) { given.push_back(committed->seqs.at(0)); });
                if (i % 100 == 0) (void)store->checkpoint();
                if (i % 50 == 0) (void)store->messages(RoomId{"lobby"}, 1, 100);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    REQUIRE(commit_later(*store, {message("lobby", "last")}).get().ok());
    REQUIRE(given.size() == 4 * each);
    for (std::size_t i = 0; i < given.size(); ++i) REQUIRE(given[i] == i + 1);
    CHECK(groups > 0);
    CHECK(store->figures().batches == 4 * each + 1);
    CHECK(store->figures().commits <= store->figures().batches);
    auto const read = store->messages(RoomId{"lobby"}, 1, UINT64_MAX);
    REQUIRE(read->size() == 4 * each + 1);
    std::map<char, int> next;
    for (auto const& stored : *read) {
        if (stored.body == R"({"text":"last"})") continue;
        auto const text = nlohmann::json::parse(stored.body)["text"].get<std::string>();
        CHECK(text.substr(2) == std::to_string(next[text[0]]++));
    }
}

TEST_CASE("hooks replace earlier ones, and none runs once detached") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    std::atomic<int> first{0}, second{0};
    // `done` is told before the hook runs: a checkpoint waits for what the committer has under way.
    auto const commit = [&] {
        REQUIRE(commit_later(*store, {message("lobby", "x")}).get().ok());
        REQUIRE(store->checkpoint().ok());
    };
    store->attach({[&] { ++first; }, {}, {}});
    commit();
    store->attach({[&] { ++second; }, [&](bool) { ++second; }, {}});
    commit();
    CHECK(first == 1);
    CHECK(second == 1);

    store->detach();
    commit();
    disk->fail_at(1, MemoryFiles::Failure::disk_full);
    REQUIRE_FALSE(commit_later(*store, {message("lobby", "refused")}).get().ok());
    CHECK_FALSE(store->writable());
    store.reset();
    CHECK(first == 1);
    CHECK(second == 1);
}

TEST_CASE("detaching waits for the hook that runs") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    std::promise<void> entered, leave;
    std::atomic<bool> has_left{false};
    store->attach({[&] {
                       entered.set_value();
                       leave.get_future().wait();
                       has_left = true;
                   },
                   {},
                   {}});
    store->commit({message("lobby", "x")}, {});
    entered.get_future().wait();
    auto detached = std::async(std::launch::async, [&] {
        store->detach();
        return has_left.load();
    });
    leave.set_value();
    CHECK(detached.get());
}

TEST_CASE("a done may commit again") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    std::promise<Seq> second;
    store->commit({message("lobby", "a")}, [&](Result<Committed> const&) {
        store->commit({message("lobby", "b")},
                      [&](Result<Committed> committed) { second.set_value(committed->seqs.at(0)); });
    });
    CHECK(second.get_future().get() == 2);
}

TEST_CASE("more waiting commits than agreed, or larger ones, are refused at once") {
    auto const disk = std::make_unique<MemoryFiles>();
    Options options;
    std::string text = "x";
    SECTION("in number") { options.max_queued_batches = 3; }
    SECTION("in bytes") {
        text = std::string(1000, 'x');
        options.max_queued_bytes = 3'500;
    }
    auto store = open_store(*disk, options);
    std::promise<void> entered;
    std::promise<void> leave;
    store->commit({message("lobby", "holds the committer")}, [&](Result<Committed> const&) {
        entered.set_value();
        leave.get_future().wait();
    });
    entered.get_future().wait();
    std::atomic<int> refused{0};
    std::atomic<int> committed{0};
    for (int i = 0; i < 5; ++i) {
        store->commit({message("lobby", text)}, [&](Result<Committed> result) {
            if (result.ok()) {
                ++committed;
            } else if (result.error().code == Code::rate_limited && result.error().retry_after.count() > 0) {
                ++refused;
            }
        });
    }
    CHECK(refused == 2);
    leave.set_value();
    store.reset();
    CHECK(committed == 3);
    CHECK(open_store(*disk)->last_seq(RoomId{"lobby"}) == 4);
}

TEST_CASE("closing commits what is queued") {
    auto const disk = std::make_unique<MemoryFiles>();
    auto store = open_store(*disk);
    std::atomic<int> committed{0};
    for (int i = 0; i < 2'000; ++i) {
        store->commit({message("lobby", "x")}, [&](Result<Committed> result) { committed += result.ok() ? 1 : 0; });
    }
    store.reset();
    CHECK(committed == 2'000);
    CHECK(open_store(*disk)->last_seq(RoomId{"lobby"}) == 2'000);
}

TEST_CASE("a large journal starts a checkpoint by itself, and old segments go") {
    auto const disk = std::make_unique<MemoryFiles>();
    Options options;
    options.checkpoint_journal_bytes = 20'000;
    auto store = open_store(*disk, options);
    for (int i = 0; i < 3'000 || store->figures().checkpoints < 3; ++i) {
        auto const committed = commit_later(*store, {message("lobby", std::string(100, 'x'))}).get();
        // Where checkpoints lag behind, the store asks its callers to wait.
        if (!committed) REQUIRE(committed.error().code == Code::rate_limited);
    }
    REQUIRE(store->checkpoint().ok());
    REQUIRE(commit_later(*store, {message("lobby", "x")}).get().ok());
    REQUIRE(store->checkpoint().ok());
    std::size_t segments = 0;
    for (auto const& path : disk->paths()) segments += path.starts_with("/data/journal/") ? 1U : 0U;
    CHECK(segments == 2);  // the newest, and the one that the previous generation needs
}
