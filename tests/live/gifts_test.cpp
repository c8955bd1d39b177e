#include "live/gifts/gifts.hpp"

#include <future>

#include <catch2/catch.hpp>

#include "live/pulse/pulses.hpp"
#include "live/stages.hpp"
#include "live/world.hpp"

using namespace soyuz;
using namespace soyuz::live;
using namespace soyuz::live::testing;
using namespace std::chrono_literals;
using base::Code;

TEST_CASE("gifts are counted, combined, bounded in rate and kept in their log") {
    Folder const folder;
    base::ManualClock clock;
    Listener listener;
    auto const store = open_store(folder.path, clock);
    Gifts gifts{*store, clock, listener, true};
    base::RoomId const room{"room"};
    base::UserId const sara{"1"}, ali{"2"};

    CHECK(gifts.give(room, sara, "sara", 1, 0).error().code == Code::invalid_value);
    CHECK(gifts.give(room, sara, "sara", 1, Gifts::most_at_once + 1).error().code == Code::invalid_value);
    CHECK(gifts.give(room, sara, "sara", 1, 2)->combo == 1);
    CHECK(gifts.give(room, sara, "sara", 1, 2)->combo == 2);
    CHECK(gifts.give(room, sara, "sara", 3, 1)->combo == 1);
    CHECK(gifts.give(room, ali, "ali", 3, 7)->combo == 1);
    for (int i = 0; i < 2; ++i) CHECK(gifts.give(room, sara, "sara", 3, 1).ok());
    auto const refused = gifts.give(room, sara, "sara", 3, 1);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::rate_limited);
    clock.advance(6s);
    CHECK(gifts.give(room, sara, "sara", 3, 1)->combo == 1);

    auto const top = gifts.top(room, 10);
    REQUIRE(top.size() == 2);
    CHECK(top[0].name == "sara");
    CHECK(top[0].amount == 8);
    CHECK(top[1].amount == 7);
    CHECK(gifts.total() == 15);
    CHECK(listener.gifts.size() == 7);
    gifts.reset(room);
    CHECK(gifts.top(room, 10).empty());
    // Commits are done in their order: behind this one all gifts are in the log.
    std::promise<void> committed;
    store->commit({store::Put{"settings", "test", "{}"}}, [&](auto const&) { committed.set_value(); });
    committed.get_future().wait();
    CHECK(store->log_tail("gifts", 100).size() == 7);
}

TEST_CASE("random gifts come where a host wishes them and somebody watches") {
    Folder const folder;
    base::ManualClock clock;
    Listener listener;
    auto const store = open_store(folder.path, clock);
    Pulses pulses{clock, 0.6};
    Stages stages{*store, clock, listener, pulses, nullptr, {.gift_interval = 15s}};
    chat::Room room;
    room.id = base::RoomId{"room"};
    auto const stage = stages.of(room);
    auto const after = [&](std::chrono::seconds time) {
        clock.advance(time);
        stages.tick();
        return listener.gifts.size();
    };
    CHECK(after(20s) == 0);
    stage->plan({std::nullopt, 0s, false, true});
    CHECK(after(20s) == 0);
    REQUIRE(stage->watch(base::UserId{"1"}, Quality::high));
    CHECK(after(16s) == 1);
    CHECK(after(5s) == 1);
    CHECK(after(11s) == 2);
    auto const& gift = listener.gifts.back();
    CHECK(gift.from_name == "bot");
    CHECK(gift.id >= 1);
    CHECK(gift.id <= 1000);
    CHECK(gift.amount >= 1);
    CHECK(gift.amount <= 5);
    CHECK(stages.figures().viewers == 1);
}
