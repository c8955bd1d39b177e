#include <algorithm>
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "chat/rooms/rooms.hpp"
#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

TEST_CASE("a private room is unknown to those who are not in it") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const owner = world.user("owner", Role::owner);
    auto const secret = *world->rooms.create(*sara, {"secret", "", "", Room::Kind::private_, {}});
    for (auto const& outsider : {omar, owner}) {
        auto& rooms = world->rooms;
        CHECK_FALSE(rooms.find_for(*outsider, "secret"));
        CHECK_FALSE(rooms.find_for(*outsider, secret->id.value));
        CHECK_FALSE(rooms.may_read(*outsider, *secret));
        CHECK_FALSE(rooms.may_manage(*outsider, *secret));
        CHECK(names(rooms.visible_to(*outsider)) == List{"lobby"});
        CHECK(code_of(rooms.join(*outsider, secret->id)) == "unknown_room");
        CHECK(code_of(rooms.leave(*outsider, secret->id)) == "unknown_room");
        CHECK(code_of(rooms.change(*outsider, secret->id, {"x", {}, {}, {}})) == "unknown_room");
        CHECK(code_of(rooms.remove(*outsider, secret->id)) == "unknown_room");
        CHECK(code_of(rooms.expel(*outsider, sara->id, secret->id)) == "unknown_room");
        CHECK(code_of(rooms.invites().create(*outsider, secret->id, 24h, 1)) == "unknown_room");
    }
    CHECK(world->rooms.find_for(*sara, "secret"));
    CHECK(names(world->rooms.visible_to(*sara)) == List{"lobby", "secret"});
    CHECK(code_of(world->rooms.create(*omar, {"secret", "", "", {}, {}})) == "name_taken");
}

TEST_CASE("invites open private rooms, for as long and as often as they say") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const lena = world.user("lena");
    auto const ali = world.user("ali");
    auto const secret = *world->rooms.create(*sara, {"secret", "", "", Room::Kind::private_, {}});
    auto const invite = *world->rooms.invites().create(*sara, secret->id, 24h, 2);
    CHECK(invite.code.size() == 10);
    CHECK(invite.code.find_first_of("01oilOIL") == std::string::npos);
    CHECK((*world->rooms.invites().redeem(*omar, invite.code))->id == secret->id);
    CHECK(world->rooms.invites().redeem(*omar, invite.code));
    CHECK(world->rooms.invites().redeem(*sara, invite.code));
    world.restart();
    CHECK(world->rooms.invites().find(invite.code)->uses_left == 1);
    std::string upper = invite.code;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    CHECK(world->rooms.invites().redeem(*lena, upper));
    CHECK(code_of(world->rooms.invites().redeem(*ali, invite.code)) == "not_found");
    CHECK_FALSE(world->rooms.invites().find(invite.code));
    CHECK(world->rooms.member_count(*secret) == 3);
    CHECK(code_of(world->rooms.invites().create(*omar, secret->id, 24h, 1)) == "forbidden");

    auto const short_lived = *world->rooms.invites().create(*sara, secret->id, 1h, 5);
    CHECK(world->rooms.invites().of(secret->id).size() == 1);
    world.clock.advance(1h);
    CHECK_FALSE(world->rooms.invites().find(short_lived.code));
    CHECK(code_of(world->rooms.invites().redeem(*ali, short_lived.code)) == "not_found");
    CHECK(world->rooms.invites().of(secret->id).empty());
    for (auto const& [hours, uses] : {std::pair{0h, 1U}, {8761h, 1U}, {1h, 0U}, {1h, 1001U}})
        CHECK(code_of(world->rooms.invites().create(*sara, secret->id, hours, uses)) == "invalid_value");
    for (int i = 0; i < 100; ++i) REQUIRE(world->rooms.invites().create(*sara, secret->id, 1h, 1));
    CHECK(code_of(world->rooms.invites().create(*sara, secret->id, 1h, 1)) == "conflict");
}

TEST_CASE("whoever was put out of a private room stays out until they are let in again") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const lena = world.user("lena");
    auto const secret = *world->rooms.create(*sara, {"secret", "", "", Room::Kind::private_, {}});
    auto const single = *world->rooms.invites().create(*sara, secret->id, 24h, 1);
    auto const open = *world->rooms.invites().create(*sara, secret->id, 24h, 9);
    auto const short_lived = *world->rooms.invites().create(*sara, secret->id, 1h, 9);
    REQUIRE(world->rooms.invites().redeem(*omar, single.code));
    REQUIRE(world->rooms.invites().redeem(*lena, short_lived.code));
    REQUIRE(world->rooms.invites().redeem(*omar, open.code));
    CHECK(code_of(world->rooms.readmit(*sara, world.user("ali")->id, secret->id)) == "conflict");
    REQUIRE(world->rooms.expel(*sara, omar->id, secret->id));
    world.restart();
    auto const fresh = *world->rooms.invites().create(*sara, secret->id, 24h, 9);
    for (auto const& code : {single.code, open.code, fresh.code})
        CHECK(code_of(world->rooms.invites().redeem(*omar, code)) == "not_found");
    CHECK(code_of(world->rooms.join(*omar, secret->id)) == "unknown_room");
    CHECK(code_of(world->rooms.readmit(*lena, omar->id, secret->id)) == "forbidden");
    CHECK(code_of(world->rooms.readmit(*omar, omar->id, secret->id)) == "unknown_room");
    world.listener.take();
    REQUIRE(world->rooms.readmit(*sara, omar->id, secret->id));
    CHECK(world.listener.take() == List{"joined secret omar"});
    CHECK(world->rooms.is_member(omar->id, *secret));
    world.restart();
    CHECK(world->rooms.is_member(omar->id, *secret));

    // Of their own accord people leave and come back while the invite lasts; used up or ended it lets nobody in.
    REQUIRE(world->rooms.leave(*omar, secret->id));
    REQUIRE(world->rooms.invites().redeem(*omar, open.code));
    world.clock.advance(1h);
    CHECK(world->rooms.invites().redeem(*lena, short_lived.code));
    REQUIRE(world->rooms.leave(*lena, secret->id));
    CHECK(code_of(world->rooms.invites().redeem(*lena, short_lived.code)) == "not_found");
    REQUIRE(world->rooms.leave(*omar, secret->id));
    CHECK(code_of(world->rooms.invites().redeem(*omar, single.code)) == "not_found");
}

TEST_CASE("whoever was put out of a public room reads it and is no member until they are let in again") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const garden = *world->rooms.create(*sara, {"garden", "", "", Room::Kind::public_, {}});
    auto const invite = *world->rooms.invites().create(*sara, garden->id, 24h, 9);
    REQUIRE(world->rooms.join(*omar, garden->id));
    REQUIRE(world->rooms.expel(*sara, omar->id, garden->id));
    world.restart();
    CHECK(code_of(world->rooms.join(*omar, garden->id)) == "forbidden");
    CHECK(code_of(world->rooms.invites().redeem(*omar, invite.code)) == "not_found");
    CHECK(code_of(world->rooms.readmit(*omar, omar->id, garden->id)) == "forbidden");
    CHECK(world->rooms.may_read(*omar, *world->rooms.find("garden")));
    CHECK(world.post(omar, {world->rooms.find("garden"), "still here", 0, {}, {}}).error() == "not_a_member");
    REQUIRE(world->rooms.readmit(*sara, omar->id, garden->id));
    CHECK(world->rooms.is_member(omar->id, *garden));
    REQUIRE(world->rooms.leave(*omar, garden->id));
    CHECK(world->rooms.join(*omar, garden->id));
}

TEST_CASE("an invite to the lobby is staff's to give and counts those who sign up with it") {
    World world;
    auto const owner = world.user("owner", Role::owner);
    auto const lobby = world->rooms.lobby();
    CHECK(code_of(world->rooms.invites().create(*world.user("sara"), lobby->id, 24h, 5)) == "forbidden");
    auto const invite = *world->rooms.invites().create(*owner, lobby->id, 24h, 2);
    CHECK(world->rooms.invites().redeem(*owner, invite.code));
    CHECK(world->rooms.invites().find(invite.code)->uses_left == 2);
    auto const omar = world.user("omar");
    CHECK(world->rooms.invites().redeem(*omar, invite.code));
    CHECK(world->rooms.invites().redeem(*omar, invite.code));
    CHECK(world->rooms.invites().find(invite.code)->uses_left == 1);
    CHECK(world->rooms.invites().redeem(*world.user("lena"), invite.code));
    CHECK(code_of(world->rooms.invites().redeem(*world.user("late"), invite.code)) == "not_found");
}

TEST_CASE("two people have one direct room, theirs alone") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const owner = world.user("owner", Role::owner);
    auto const room = *world->rooms.direct(*sara, *omar);
    CHECK((*world->rooms.direct(*omar, *sara))->id == room->id);
    world.restart();
    CHECK((*world->rooms.direct(*omar, *sara))->id == room->id);
    CHECK(code_of(world->rooms.direct(*sara, *sara)) == "invalid_value");
    CHECK_FALSE(world->rooms.find_for(*owner, room->name));
    CHECK_FALSE(world->rooms.may_manage(*sara, *room));
    CHECK(code_of(world->rooms.leave(*sara, room->id)) == "conflict");
    CHECK(code_of(world->rooms.remove(*sara, room->id)) == "conflict");
    CHECK(code_of(world->rooms.invites().create(*sara, room->id, 1h, 1)) == "forbidden");
    REQUIRE(world.post(sara, {room, "psst", 0, {}, {}}).result);
    CHECK(world->rooms.unread(omar->id, room->id) == 1);
}

TEST_CASE("joining, leaving and looking at the same time is safe") {
    World world;
    auto const sara = world.user("sara");
    auto const garden = *world->rooms.create(*sara, {"garden", "", "", Room::Kind::public_, {}});
    std::vector<UserPtr> users;
    for (int i = 0; i < 4; ++i) users.push_back(world.user("user" + std::to_string(i)));
    std::atomic<int> failures = 0;
    std::vector<std::thread> threads;
    for (auto const& user : users) {
        threads.emplace_back([&, user] {
            for (int i = 0; i < 25; ++i) {
                failures += !world->rooms.join(*user, garden->id).ok();
                failures += !world->rooms.is_member(user->id, *garden);
                static_cast<void>(world->rooms.visible_to(*user));
                failures += !world->rooms.leave(*user, garden->id).ok();
                world->rooms.flush_read_marks();
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(failures == 0);
    CHECK(world->rooms.member_count(*garden) == 1);
}
