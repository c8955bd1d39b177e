#include "watch/world.hpp"

using namespace soyuz;
using namespace soyuz::watch::testing;
using namespace std::chrono_literals;
using watch::Alert;
using watch::Finding;

namespace {

watch::Detections::Reported see(World& world, std::string const& stream, std::string const& thing) {
    Alert alert;
    alert.stream = stream;
    alert.finding = Finding::object;
    alert.subjects = {thing};
    alert.picture = a_jpeg(1000);
    auto found = world.watch.report(alert);
    REQUIRE(found);
    return std::move(*found);
}

}  // namespace

TEST_CASE("detections go after their days, and those whose case waits stay") {
    World world;
    auto const stream = world.stream()->id;
    REQUIRE(world.watch.settings.change({{"kept_days", 7}}));
    auto const decided = see(world, stream, "knife").detection->id;
    world.decide(world.watch.detections.find(decided)->case_id, moderation::Decision::remove);
    auto const waiting = see(world, stream, "scissors").detection->id;
    world.clock.advance(24h * 8);
    world.watch.sweep();
    CHECK_FALSE(world.watch.detections.find(decided));
    CHECK_FALSE(world.watch.evidence.find(stream, decided));
    CHECK(world.watch.detections.find(waiting));
    CHECK(world.watch.notifications.list(world.keeper(), {}).total == 0);
}

TEST_CASE("beyond the bytes the oldest pictures go first") {
    World world;
    auto const stream = world.stream()->id;
    REQUIRE(world.watch.settings.change({{"kept_bytes", 2500}}));
    std::vector<std::string> ids;
    for (auto const* thing : {"knife", "bottle", "scissors"}) {
        ids.push_back(see(world, stream, thing).detection->id);
        world.decide(world.watch.detections.find(ids.back())->case_id, moderation::Decision::remove);
        world.clock.advance(1h);
    }
    world.watch.sweep();
    CHECK_FALSE(world.watch.detections.find(ids[0]));
    CHECK(world.watch.detections.find(ids[1]));
    CHECK(world.watch.detections.find(ids[2]));
}

TEST_CASE("settings take what is valid, name what isn't, and last") {
    World world;
    auto& settings = world.watch.settings;
    REQUIRE(settings.change({{"sentiment_limit", -0.3}, {"private_hosts", {"camera.local", "192.168.1.20"}}}));
    auto const bad = settings.change({{"sentiment_limit", 3}, {"kept_days", 0}, {"private_hosts", {"a b"}}});
    REQUIRE_FALSE(bad);
    CHECK(bad.error().fields.size() == 3);
    watch::WatchSettings const again{*world.store};
    CHECK(again.get().sentiment_limit == -0.3);
    CHECK(again.get().private_hosts.size() == 2);
}
