#include "live/stage.hpp"

#include <catch2/catch.hpp>

#include "live/pulse/pulses.hpp"
#include "live/stages.hpp"
#include "live/streams.hpp"
#include "live/world.hpp"

using namespace soyuz;
using namespace soyuz::live;
using namespace soyuz::live::testing;
using namespace std::chrono_literals;
using base::Code;

namespace {

base::RoomId const room{"room"};
base::UserId const host{"host"}, other{"other"}, sara{"sara"}, ali{"ali"};

struct Scene {
    base::ManualClock clock;
    Listener listener;
    Stage stage{room, {}, {.bytes_per_second = 1000, .burst_bytes = 10'000}, clock, listener, nullptr};
};

}  // namespace

TEST_CASE("a broadcast that is lost waits for its publisher, and ends when nobody comes") {
    Scene scene;
    auto& stage = scene.stage;
    auto const first = *stage.go_live(host);
    CHECK(stage.state().phase == Phase::live);
    CHECK(stage.go_live(other).error().code == Code::conflict);
    REQUIRE(stage.feed(first, Layer::high, head() + cluster({picture(0, true)})));
    CHECK(scene.listener.fragments.size() == 1);
    stage.lose(first);
    CHECK(stage.state().phase == Phase::interrupted);
    scene.clock.advance(9s);
    stage.tick();
    CHECK(stage.go_live(other).error().code == Code::conflict);

    auto const second = *stage.go_live(host);
    CHECK(stage.state().phase == Phase::live);
    CHECK(stage.feed(first, Layer::high, "x").error().code == Code::conflict);
    stage.lose(first);
    CHECK(stage.state().phase == Phase::live);
    stage.lose(second);
    scene.clock.advance(11s);
    stage.tick();
    CHECK(stage.state().phase == Phase::ended);
    CHECK(stage.state().ended_why == "lost");
    CHECK(stage.end("host").error().code == Code::conflict);
    CHECK(stage.go_live(other).ok());
}

TEST_CASE("the same host goes on from another page, and the first one is told") {
    Scene scene;
    auto const first = *scene.stage.go_live(host);
    auto const second = *scene.stage.go_live(host);
    REQUIRE(scene.listener.dismissals.size() == 1);
    CHECK(scene.listener.dismissals[0] == std::pair{first, std::string{"replaced"}});
    REQUIRE(scene.stage.end("moderator"));
    CHECK(scene.listener.dismissals.back() == std::pair{second, std::string{"moderator"}});
}

TEST_CASE("whoever was cut can't go live again at once") {
    Scene scene;
    REQUIRE(scene.stage.go_live(host));
    REQUIRE(scene.stage.end("cut"));
    CHECK(scene.stage.go_live(host).error().code == Code::forbidden);
    scene.clock.advance(5min);
    CHECK(scene.stage.go_live(host).ok());
}

TEST_CASE("a publisher who sends more than the server takes is refused") {
    Scene scene;
    auto const ticket = *scene.stage.go_live(host);
    REQUIRE(scene.stage.feed(ticket, Layer::high, head() + cluster({picture(0, true, std::string(20'000, 'x'))})));
    CHECK(scene.stage.feed(ticket, Layer::high, cluster({picture(33, false)})).error().code == Code::rate_limited);
}

TEST_CASE("viewers are people, told of at most once a second") {
    Scene scene;
    auto& stage = scene.stage;
    for (auto const& each : {sara, sara, ali}) REQUIRE(stage.watch(each, Quality::high));
    scene.clock.advance(2s);
    stage.tick();
    REQUIRE(scene.listener.states.size() == 1);
    CHECK(scene.listener.states[0].viewers == 2);
    stage.leave(sara);
    CHECK(stage.state().viewers == 2);
    stage.leave(sara);
    stage.leave(ali);
    stage.leave(ali);
    CHECK(stage.state().viewers == 0);
    CHECK(stage.state().most_viewers == 2);
    stage.tick();
    CHECK(scene.listener.states.size() == 1);
    scene.clock.advance(1s);
    stage.tick();
    CHECK(scene.listener.states.size() == 2);
}

TEST_CASE("hearts are told of together, twice a second") {
    Scene scene;
    for (int i = 0; i < 7; ++i) scene.stage.heart(1);
    scene.clock.advance(1s);
    scene.stage.tick();
    scene.stage.heart(2);
    scene.stage.tick();
    CHECK(scene.listener.heart_counts == std::vector<std::uint64_t>{7});
    scene.clock.advance(500ms);
    scene.stage.tick();
    CHECK(scene.listener.heart_counts == std::vector<std::uint64_t>{7, 2});
}

TEST_CASE("a small layer is watched where there is one, sound always") {
    Scene scene;
    auto const ticket = *scene.stage.go_live(host);
    REQUIRE(scene.stage.feed(ticket, Layer::high, head() + cluster({picture(0, true, "large"), sound(0)})));
    CHECK(scene.stage.layer_of(Quality::low) == Layer::high);
    REQUIRE(scene.stage.feed(ticket, Layer::low, head() + cluster({picture(0, true, "small")})));
    CHECK(scene.stage.layer_of(Quality::low) == Layer::low);
    CHECK(scene.stage.layer_of(Quality::sound) == Layer::high);
    CHECK(testing::play(*scene.stage.start(Quality::low).init + *scene.stage.start(Quality::low).fragments.at(0).whole)
              .blocks.at(0)
              .data == "small");
    CHECK(scene.stage.state().has_low_layer);
}

TEST_CASE("what the host has settled and what was live outlast a restart") {
    Folder const folder;
    base::ManualClock clock;
    Listener listener;
    chat::Room live_room;
    live_room.id = room;
    live_room.kind = chat::Room::Kind::live;
    {
        auto const store = open_store(folder.path, clock);
        Pulses pulses{clock, 0.6};
        Stages stages{*store, clock, listener, pulses, nullptr, {}};
        auto const stage = stages.of(live_room);
        stage->plan({std::nullopt, 20s, true, true});
        REQUIRE(stage->go_live(host));
        stages.tick();
    }
    auto const store = open_store(folder.path, clock);
    Pulses pulses{clock, 0.6};
    Stages stages{*store, clock, listener, pulses, nullptr, {}};
    auto const state = stages.of(live_room)->state();
    CHECK(state.plan == StagePlan{std::nullopt, 20s, true, true});
    CHECK(state.phase == Phase::interrupted);
    CHECK(state.host == host);
    CHECK(stages.of(live_room)->go_live(host).ok());
    stages.forget(room);
    CHECK(stages.find(room) == nullptr);
}
