#include <catch2/catch.hpp>

#include "chat/messages/messages.hpp"
#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

TEST_CASE("the same client_id gives the first result again, also after a restart") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const lobby = world->rooms.lobby();
    auto const post = [&](UserPtr const& user, std::string text) {
        auto const posted = world.post(user, {lobby, std::move(text), 0, "c-1", {}});
        return posted.result ? (*posted.result)->id.seq : 0;
    };
    CHECK(post(sara, "once") == 1);
    CHECK(post(sara, "once") == 1);
    CHECK(post(omar, "once") == 2);
    world.listener.take();
    world.restart();
    CHECK(post(sara, "once") == 1);
    CHECK(post(omar, "once") == 2);
    CHECK(world.listener.take().empty());
    world.clock.advance(24h);
    CHECK(post(sara, "a day later") == 3);
    world.restart();
    CHECK(post(sara, "a day later") == 3);
}

TEST_CASE("a retry waits for the first that is on its way") {
    World world;
    auto const sara = world.user("sara");
    auto const lobby = world->rooms.lobby();
    world.store.hold();
    std::vector<World::Waiting> waiting;
    for (int i = 0; i < 3; ++i) waiting.push_back(world.start(sara, {lobby, "once", 0, "c-1", {}}));
    world.store.release();
    for (auto& each : waiting) {
        auto const posted = each.get();
        REQUIRE(posted.result);
        CHECK((*posted.result)->id.seq == 1);
    }
    world.store.settle();
    CHECK(world->rooms.last_seq(lobby->id) == 1);
}

TEST_CASE("what was refused isn't remembered by its client_id") {
    World world;
    auto const sara = world.user("sara");
    auto const lobby = world->rooms.lobby();
    CHECK(world.post(sara, {lobby, "block", 0, "c-1", {}}).error() == "message_blocked");
    CHECK(world.post(sara, {lobby, "", 0, "c-1", {}}).error() == "invalid_value");
    world.store.refuse(true);
    CHECK(world.post(sara, {lobby, "fine", 0, "c-1", {}}).error() == "read_only");
    world.store.refuse(false);
    CHECK(world.post(sara, {lobby, "fine", 0, "c-1", {}}).error() == "");
    for (std::string const& id :
         {std::string(65, 'x'), std::string{"a b"}, std::string{"a\"b"}, std::string{"\xC3\xA4"}})
        CHECK(world.post(sara, {lobby, "fine", 0, id, {}}).error() == "invalid_value");
}
