#include <optional>
#include <string>

#include "watch/world.hpp"

using namespace soyuz;
using namespace soyuz::watch::testing;
using base::Code;
using watch::StreamAction;
using watch::StreamState;
using watch::Watch;

namespace {

Watch::NewStream at(std::string url) {
    Watch::NewStream wanted;
    wanted.draft.url = std::move(url);
    wanted.draft.platform = "elsewhere";
    return wanted;
}

}  // namespace

TEST_CASE("a stream has an address that can be fetched, or none") {
    World world;
    for (auto const* good : {"", "https://example.org/live.m3u8", "http://example.org:8080/x",
                             "rtmp://example.org/app/key", "rtsp://example.org/cam"}) {
        INFO(good);
        CHECK(world.watch.add_stream(world.keeper(), at(good)));
    }
    for (auto const* bad : {"file:///etc/passwd", "javascript:alert(1)", "https://", "https://user:word@example.org/",
                            "https://example.org/a b", "example.org", "gopher://example.org"}) {
        INFO(bad);
        auto const made = world.watch.add_stream(world.keeper(), at(bad));
        REQUIRE_FALSE(made);
        CHECK(made.error().fields.contains("url"));
    }
    CHECK(world.watch.add_stream(world.keeper(), at("https://example.org/live.m3u8")).error().code == Code::conflict);
}

TEST_CASE("monitoring begins where it is wanted and the stream is online, and goes on when it comes back") {
    World world;
    auto const id = (*world.watch.add_stream(world.keeper(), at("https://example.org/a.m3u8")))->id;
    auto const state = [&] { return world.watch.streams.find(id)->state; };
    CHECK(state() == StreamState::offline);
    REQUIRE(world.watch.set_wanted(id, true));
    CHECK(state() == StreamState::offline);
    world.watch.set_online(id, true);
    CHECK(state() == StreamState::monitoring);
    world.watch.set_online(id, false);
    CHECK(state() == StreamState::offline);
    world.watch.set_online(id, true);
    CHECK(state() == StreamState::monitoring);
    world.watch.fail(id, "No picture came for ten seconds.");
    CHECK(state() == StreamState::failed);
    CHECK(world.watch.streams.find(id)->reason == "No picture came for ten seconds.");
    world.settle();
    watch::Streams const again{*world.store, world.clock};
    CHECK(again.find(id)->state == StreamState::failed);
    CHECK(again.find(id)->is_wanted);
    REQUIRE(world.watch.set_wanted(id, false));
    CHECK(state() == StreamState::offline);
    world.watch.set_online(id, true);
    CHECK(state() == StreamState::online);
}

TEST_CASE("live rooms are watched by themselves, and go with their room") {
    World world;
    chat::Rooms::NewRoom wanted;
    wanted.name = "cooking";
    wanted.title = "Cooking";
    wanted.kind = chat::Room::Kind::live;
    auto const room = world.rooms.create(world.keeper(), wanted);
    REQUIRE(room);
    world.watch.tick();
    auto const stream = world.watch.streams.of_room((*room)->id);
    REQUIRE(stream);
    CHECK(stream->url == "/live/cooking");
    CHECK(stream->streamer == "keeper");
    CHECK(stream->state == StreamState::offline);
    REQUIRE(world.stages.of(**room)->go_live(world.keeper().id));
    world.watch.tick();
    CHECK(world.watch.streams.of_room((*room)->id)->state == StreamState::monitoring);
    CHECK(world.watch.remove_stream(world.keeper(), stream->id).error().code == Code::conflict);
    CHECK(world.watch.set_state(stream->id, StreamState::online).error().code == Code::conflict);
    REQUIRE(world.rooms.remove(world.keeper(), (*room)->id));
    world.watch.tick();
    CHECK_FALSE(world.watch.streams.find(stream->id));
    CHECK(world.hearer.streams.back() == std::pair{stream->id, StreamAction::deleted});
}

TEST_CASE("of a stream's state people hear once in five minutes, and whoever shows it each time") {
    using namespace std::chrono_literals;
    World world;
    auto const id = world.stream()->id;
    auto const before = world.hearer.count_of("stream_status_update");
    CHECK(before == 1);
    world.watch.set_online(id, false);
    world.watch.set_online(id, true);
    CHECK(world.hearer.count_of("stream_status_update") == before);
    CHECK(world.hearer.streams.back().second == StreamAction::status_update);
    world.clock.advance(300s);
    world.watch.set_online(id, false);
    CHECK(world.hearer.count_of("stream_status_update") == before + 1);
}
