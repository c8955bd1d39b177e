#include "chat/desk/kicks.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

namespace {

struct Closer final : SessionObserver {
    void sessions_ended(std::vector<Session> const&, SessionEnd) override {}
    std::size_t kicked(Kick const& kick) override {
        heard.push_back(kick.reason);
        return 2;
    }
    std::vector<std::string> heard;
};

}  // namespace

TEST_CASE("somebody who was put out may connect again when the minutes are over, and not before") {
    World world;
    auto const sara = world.user("sara")->id, omar = world.user("omar")->id;
    auto& kicks = world->kicks;
    Closer closer;
    kicks.observe(closer);

    CHECK(kicks.disconnect({sara, world.clock.now() + 2min, "loud"}) == 2);
    CHECK(closer.heard == std::vector<std::string>{"loud"});
    auto const refusal = kicks.refusal_of(sara);
    REQUIRE(refusal);
    CHECK(refusal->code == base::Code::forbidden);
    CHECK(refusal->retry_after == 2min);
    CHECK_FALSE(kicks.refusal_of(omar));

    world.clock.advance(1min);
    // A shorter one meanwhile doesn't let them in earlier.
    kicks.disconnect({sara, world.clock.now() + 10s, "again"});
    world.clock.advance(59s);
    CHECK(kicks.refusal_of(sara));
    world.clock.advance(1s);
    CHECK_FALSE(kicks.refusal_of(sara));

    // For no time: what is open closes, and new connections open.
    CHECK(kicks.disconnect({omar, world.clock.now(), ""}) == 2);
    CHECK_FALSE(kicks.refusal_of(omar));
}

TEST_CASE("whoever was put out of a room for some minutes is let in again by itself, also after a restart") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const secret = *world->rooms.create(*sara, {"secret", "", "", Room::Kind::private_, {}});
    auto const invite = *world->rooms.invites().create(*sara, secret->id, 24h, 9);
    REQUIRE(world->rooms.invites().redeem(*omar, invite.code));
    auto const until = world.clock.now() + 5min;
    REQUIRE(world->kicks.expel(*sara, omar->id, secret->id, until));
    CHECK(world->kicks.end_of(secret->id, omar->id) == until);
    world->kicks.readmit_due();
    CHECK_FALSE(world->rooms.is_member(omar->id, *secret));
    world.restart();
    world.clock.advance(4min);
    world->kicks.readmit_due();
    CHECK_FALSE(world->rooms.is_member(omar->id, *secret));
    CHECK(code_of(world->rooms.invites().redeem(*omar, invite.code)) == "not_found");
    world.clock.advance(1min);
    world->kicks.readmit_due();
    CHECK(world->rooms.is_member(omar->id, *secret));
    CHECK_FALSE(world->kicks.end_of(secret->id, omar->id));
    world.restart();
    CHECK(world->rooms.is_member(omar->id, *secret));
}

TEST_CASE("a later expulsion without an end is not ended by an earlier one with an end") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const garden = *world->rooms.create(*sara, {"garden", "", "", Room::Kind::public_, {}});
    REQUIRE(world->rooms.join(*omar, garden->id));
    REQUIRE(world->kicks.expel(*sara, omar->id, garden->id, world.clock.now() + 5min));
    REQUIRE(world->rooms.readmit(*sara, omar->id, garden->id));
    REQUIRE(world->kicks.expel(*sara, omar->id, garden->id, std::nullopt));
    world.clock.advance(6min);
    world->kicks.readmit_due();
    CHECK_FALSE(world->rooms.is_member(omar->id, *garden));
    // Nobody is put out who couldn't be, and no end is kept for them.
    CHECK(code_of(world->kicks.expel(*omar, sara->id, garden->id, world.clock.now() + 5min)) == "forbidden");
    CHECK_FALSE(world->kicks.end_of(garden->id, sara->id));
}
