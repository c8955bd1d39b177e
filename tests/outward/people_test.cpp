#include "outward/people.hpp"

#include <chrono>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/manual_clock.hpp"
#include "support/folder.hpp"

using namespace soyuz;
using namespace std::chrono_literals;
using base::UserId;
using outward::People;
using outward::Urgency;

namespace {

struct World {
    tests::Folder folder;
    base::ManualClock clock;
    std::unique_ptr<store::Store> store = tests::open_store(folder.path / "data", clock);
    People people{*store, clock};
    UserId const sara{"sara"}, omar{"omar"};
};

}  // namespace

TEST_CASE("a code links a chat once, within ten minutes, and a chat tells one account") {
    World world;
    auto const code = world.people.code_for(world.sara);
    CHECK_FALSE(world.people.link("nonsense", "1"));
    CHECK(world.people.link(code, "100") == world.sara);
    CHECK_FALSE(world.people.link(code, "200"));
    CHECK(world.people.of(world.sara).telegram);
    CHECK(world.people.user_of("100") == world.sara);
    auto const late = world.people.code_for(world.omar);
    world.clock.advance(10min);
    CHECK_FALSE(world.people.link(late, "100"));
    CHECK(world.people.link(world.people.code_for(world.omar), "100") == world.omar);
    CHECK(world.people.of(world.sara).chat.empty());
    CHECK(world.people.user_of("100") == world.omar);
    CHECK(world.people.user_of("").empty());
    world.people.set_telegram(world.omar, false);
    CHECK_FALSE(world.people.of(world.omar).telegram);
}

TEST_CASE("what is not urgent waits for the end of the quiet hours, over midnight too") {
    World world;
    // The clock stands at 22:13:20 UTC.
    struct Case {
        unsigned from, to;
        int offset;
        std::chrono::minutes wait;
    };
    for (auto const& [from, to, offset, wait] : {
             Case{22 * 60, 7 * 60, 0, 8h + 47min},
             Case{23 * 60, 7 * 60, 0, 0min},
             Case{22 * 60, 22 * 60, 0, 0min},
             Case{3 * 60, 6 * 60, 300, 2h + 47min},
             Case{22 * 60, 7 * 60, 300, 3h + 47min},
             Case{14 * 60, 18 * 60, -300, 47min},
         }) {
        INFO(from << ' ' << to << ' ' << offset);
        REQUIRE(
            world.people.change(world.sara, {{"quiet_from", from}, {"quiet_to", to}, {"minutes_from_utc", offset}}));
        auto const now = world.clock.now();
        CHECK(world.people.earliest(world.sara, Urgency::normal, now) == now + wait);
        CHECK(world.people.earliest(world.sara, Urgency::urgent, now) == now);
    }
}

TEST_CASE("wishes are what somebody can have, and last") {
    World world;
    REQUIRE(world.people.change(world.sara, {{"mail", true}}));
    auto const bad = world.people.change(world.sara, {{"mail", "yes"}, {"quiet_from", 2000}, {"quiet_to", -1}});
    REQUIRE_FALSE(bad);
    CHECK(bad.error().fields.size() == 3);
    People const again{*world.store, world.clock};
    CHECK(again.of(world.sara).mail);
    CHECK_FALSE(again.of(world.omar).mail);
    world.people.forget(world.sara);
    CHECK_FALSE(world.people.of(world.sara).mail);
}
