#include "chat/rooms/rooms.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

namespace {

std::vector<std::string> names(std::vector<RoomPtr> const& rooms) {
    std::vector<std::string> list;
    for (auto const& room : rooms) list.push_back(room->name);
    return list;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("the lobby is there from the start and everyone is in it") {
    World world;
    auto const lobby = world->rooms.lobby();
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    CHECK(lobby->name == "lobby");
    CHECK(world->rooms.is_member(sara->id, *lobby));
    CHECK(world->rooms.member_count(*lobby) == 2);
    CHECK(world->rooms.members(*lobby) == std::vector{omar->id, sara->id});
    CHECK(names(world->rooms.of(sara->id)) == List{"lobby"});
    CHECK(code_of(world->rooms.leave(*sara, lobby->id)) == "conflict");
    auto const owner = world.user("owner", Role::owner);
    CHECK(code_of(world->rooms.remove(*owner, lobby->id)) == "conflict");
    CHECK(code_of(world->rooms.change(*owner, lobby->id, {{}, {}, Room::Kind::private_, {}})) == "conflict");
    CHECK(code_of(world->rooms.expel(*owner, sara->id, lobby->id)) == "conflict");
    CHECK((*world->rooms.change(*owner, lobby->id, {"Hall", "All of us", {}, {}}))->title == "Hall");
    CHECK(world->rooms.lobby()->title == "Hall");
    auto const id = lobby->id;
    world.restart();
    CHECK(world->rooms.lobby()->id == id);
    CHECK(world->rooms.lobby()->topic == "All of us");
    CHECK(world->accounts.remove(omar->id));
    CHECK(world->rooms.member_count(*world->rooms.lobby()) == 2);
}

TEST_CASE("a room's name is checked, or made from its title") {
    World world;
    auto const sara = world.user("sara");
    for (auto const& [name, fits] : std::vector<std::pair<std::string, bool>>{{"ab", true},
                                                                              {"a", false},
                                                                              {std::string(50, 'a'), true},
                                                                              {std::string(51, 'a'), false},
                                                                              {"a/b", false},
                                                                              {"Garden", false},
                                                                              {"the-garden-2", true},
                                                                              {"-a", false},
                                                                              {"a-", false},
                                                                              {"a b", false},
                                                                              {"lobby", false},
                                                                              {"dm-x", false},
                                                                              {"g\xC3\xA4", false}}) {
        INFO(name);
        CHECK(world->rooms.create(*sara, {name, "", "", Room::Kind::public_, {}}).ok() == fits);
    }
    for (auto const& [title, name] : std::vector<std::pair<std::string, std::string>>{
             {"The Garden!", "the-garden"}, {"  9 B  ", "9-b"}, {"a -- b", "a-b"}}) {
        CHECK((*world->rooms.create(*sara, {"", title, "", Room::Kind::public_, {}}))->name == name);
    }
    CHECK((*world->rooms.create(*sara, {"", "The garden", "", Room::Kind::public_, {}}))
              ->name.starts_with("the-garden-"));
    CHECK((*world->rooms.create(*sara, {"", "\xD8\xA8\xD8\xA7\xD8\xBA", "", Room::Kind::public_, {}}))
              ->name.starts_with("room-"));
    CHECK(code_of(world->rooms.create(*sara, {"", "", "", Room::Kind::public_, {}})) == "invalid_value");
    CHECK(code_of(world->rooms.create(*sara, {"ok-1", std::string(81, 'x'), "", {}, {}})) == "invalid_value");
    CHECK(code_of(world->rooms.create(*sara, {"ok-1", "", std::string(251, 'x'), {}, {}})) == "invalid_value");
    for (auto const* unseen : {"a\u202e", "\u3164", "\u200d", "\u2800 \u200b"}) {
        INFO(unseen);
        CHECK(code_of(world->rooms.create(*sara, {"ok-1", unseen, "", {}, {}})) == "invalid_value");
        CHECK(code_of(world->rooms.create(*sara, {"ok-1", "", unseen, {}, {}})) == "invalid_value");
    }
    CHECK((*world->rooms.create(*sara, {"tidied", "\u202aOur\nroom\u202c", "", {}, {}}))->title == "Our room");
    CHECK(code_of(world->rooms.create(*sara, {"ok-1", "", "", Room::Kind::direct, {}})) == "invalid_value");
    CHECK(code_of(world->rooms.create(*sara, {"ok-1", "", "", {}, {7h, false}})) == "invalid_value");
    CHECK(code_of(world->rooms.create(*sara, {"ok-1", "", "", {}, {-1s, false}})) == "invalid_value");
    CHECK(code_of(world->rooms.create(*world.user("guest", Role::guest), {"ok-1", "", "", {}, {}})) == "forbidden");
    CHECK(code_of(world->rooms.create(*sara, {"ab", "", "", {}, {}})) == "name_taken");
}

TEST_CASE("rooms are joined, left, changed and removed, and all of it is told and kept") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const garden = *world->rooms.create(*sara, {"garden", "The garden", "", Room::Kind::public_, {}});
    CHECK(world->rooms.join(*omar, garden->id));
    CHECK(world->rooms.join(*omar, garden->id));
    CHECK(code_of(world->rooms.change(*omar, garden->id, {"Mine", {}, {}, {}})) == "forbidden");
    CHECK(world->rooms.change(*sara, garden->id, {{}, "Trees", {}, RoomSettings{30s, true}}));
    world.restart();
    auto const found = world->rooms.find("garden");
    REQUIRE(found);
    CHECK(found->id == garden->id);
    CHECK(found->topic == "Trees");
    CHECK(found->title == "The garden");
    CHECK(found->settings.slow_mode == 30s);
    CHECK(found->settings.locked);
    CHECK(found->creator == sara->id);
    CHECK(world->rooms.find(garden->id.value) == found);
    CHECK(world->rooms.member_count(*found) == 2);
    CHECK(names(world->rooms.of(omar->id)) == List{"lobby", "garden"});
    CHECK(world->rooms.leave(*omar, garden->id));
    CHECK(world->rooms.leave(*omar, garden->id));
    CHECK(world->rooms.join(*omar, garden->id));
    CHECK(code_of(world->rooms.expel(*omar, sara->id, garden->id)) == "forbidden");
    CHECK(world->rooms.expel(*sara, omar->id, garden->id));
    CHECK(code_of(world->rooms.expel(*sara, omar->id, garden->id)) == "not_found");
    REQUIRE(world.post(sara, {garden, "soon gone", 0, {}, {}}).result);
    CHECK(code_of(world->rooms.remove(*omar, garden->id)) == "forbidden");
    CHECK(world->rooms.remove(*sara, garden->id));
    CHECK_FALSE(world->rooms.find("garden"));
    CHECK(world->rooms.last_seq(garden->id) == 0);
    CHECK(world.listener.take() == List{"room_changed garden", "joined garden omar", "room_changed garden",
                                        "left garden", "joined garden omar", "expelled garden",
                                        "posted garden soon gone", "room_removed garden"});
    world.restart();
    CHECK_FALSE(world->rooms.find("garden"));
    CHECK(world->rooms.create(*omar, {"garden", "", "", Room::Kind::public_, {}}));
}

TEST_CASE("a removal that fails leaves the room as it was") {
    World world;
    auto const sara = world.user("sara");
    auto const garden = *world->rooms.create(*sara, {"garden", "", "", Room::Kind::public_, {}});
    world.store.refuse(true);
    CHECK(code_of(world->rooms.remove(*sara, garden->id)) == "read_only");
    CHECK(code_of(world->rooms.join(*world->accounts.find(sara->id), base::RoomId{"x"})) == "unknown_room");
    world.store.refuse(false);
    CHECK(world->rooms.find("garden"));
    CHECK(world->rooms.is_member(sara->id, *garden));
}

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

TEST_CASE("unread counts from where one came, and read marks survive a restart") {
    World world;
    auto const sara = world.user("sara");
    auto const lobby = world->rooms.lobby();
    for (int i = 0; i < 3; ++i) world.post(sara, "before");
    auto const omar = world.user("omar");
    CHECK(world->rooms.unread(omar->id, lobby->id) == 0);
    CHECK(world->rooms.unread(sara->id, lobby->id) == 0);
    for (int i = 0; i < 5; ++i) world.post(sara, "news");
    CHECK(world->rooms.unread(omar->id, lobby->id) == 5);
    CHECK(world->rooms.read_seq(omar->id, lobby->id) == 3);
    world.listener.take();
    world->rooms.mark_read(*omar, *lobby, 6);
    CHECK(world->rooms.unread(omar->id, lobby->id) == 2);
    world->rooms.mark_read(*omar, *lobby, 4);
    CHECK(world->rooms.unread(omar->id, lobby->id) == 2);
    CHECK(world.listener.take() == List{"read lobby omar 6"});
    world->rooms.flush_read_marks();
    world.restart();
    CHECK(world->rooms.unread(omar->id, lobby->id) == 2);
    world->rooms.mark_read(*omar, *lobby, 999);
    CHECK(world->rooms.unread(omar->id, lobby->id) == 0);
    CHECK(world->rooms.read_seq(omar->id, lobby->id) == 8);
    world.post(omar, "mine");
    CHECK(world->rooms.unread(omar->id, lobby->id) == 0);
    CHECK(world->rooms.unread(sara->id, lobby->id) == 1);
}

TEST_CASE("read marks that could not be written are written later") {
    World world;
    auto const sara = world.user("sara");
    world.post(sara, "x");
    world.post(sara, "y");
    world.store.refuse(true);
    world->rooms.flush_read_marks();
    world.store.settle();
    world.store.refuse(false);
    world->rooms.flush_read_marks();
    world.restart();
    CHECK(world->rooms.read_seq(sara->id, world->rooms.lobby()->id) == 2);
}

TEST_CASE("a deleted account leaves its rooms, its invites and no mark behind") {
    World world;
    auto const sara = world.user("sara");
    auto const garden = *world->rooms.create(*sara, {"garden", "", "", Room::Kind::public_, {}});
    auto const invite = *world->rooms.invites().create(*sara, garden->id, 24h, 5);
    CHECK(world->accounts.remove(sara->id));
    world->rooms.forget(sara->id);
    CHECK(world->rooms.member_count(*garden) == 0);
    CHECK_FALSE(world->rooms.invites().find(invite.code));
    world.store.settle();
    for (auto const* collection : {"members", "invites", "read_marks"})
        world.store.each_document(collection, [&](auto const& id, auto const& value) {
            FAIL_CHECK(collection << ' ' << id << ' ' << value.dump());
        });
}

TEST_CASE("how many rooms one person can make is bounded") {
    World world;
    auto const sara = world.user("sara");
    for (int i = 0; i < 100; ++i)
        REQUIRE(world->rooms.create(*sara, {"room-" + std::to_string(i), "", "", Room::Kind::public_, {}}));
    CHECK(code_of(world->rooms.create(*sara, {"one-more", "", "", Room::Kind::public_, {}})) == "conflict");
    CHECK(code_of(world->rooms.create(*world.user("omar"), {"one-more", "", "", Room::Kind::public_, {}})) == "");
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

TEST_CASE("deleted messages are not counted as unread, also after a restart") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const lobby = world->rooms.lobby()->id;
    std::vector<base::MessageId> ids;
    for (int i = 0; i < 5; ++i) ids.push_back((*world.post(sara, "message " + std::to_string(i)).result)->id);
    world->rooms.mark_read(*omar, *world->rooms.lobby(), 2);
    CHECK(world->rooms.unread(omar->id, lobby) == 3);
    REQUIRE(world.remove(sara, ids[0]).result);
    REQUIRE(world.remove(sara, ids[3]).result);
    CHECK(world->rooms.unread(omar->id, lobby) == 2);
    world->rooms.flush_read_marks();
    world.restart();
    CHECK(world->rooms.unread(omar->id, lobby) == 2);
    REQUIRE(world.remove(sara, ids[4]).result);
    CHECK(world->rooms.unread(omar->id, lobby) == 1);
    auto [done, future] = World::waiting();
    world->messages.editor.restore({sara, "192.0.2.1", false}, ids[4], std::move(done));
    REQUIRE(future.get().result);
    CHECK(world->rooms.unread(omar->id, lobby) == 2);
    world->rooms.mark_read(*omar, *world->rooms.lobby(), 5);
    CHECK(world->rooms.unread(omar->id, lobby) == 0);
}

TEST_CASE("rooms that nobody can reach go with their messages, and their names are free") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    std::vector<base::RoomId> removed;
    world->rooms.on_removed = [&](base::RoomId const& room) { removed.push_back(room); };
    auto const make = [&](UserPtr const& who, std::string const& name) {
        return *world->rooms.create(*who, {name, "", "", Room::Kind::private_, {}});
    };
    auto const club = make(sara, "club");
    REQUIRE(world.post(sara, {club, "secret", 0, {}, {}}).result);
    CHECK(code_of(world->rooms.leave(*sara, club->id)) == "");
    CHECK(removed == std::vector<base::RoomId>{club->id});
    CHECK_FALSE(world->rooms.find("club"));
    CHECK(world.store.last_seq(club->id) == 0);
    make(omar, "club");

    // Somebody is invited: the room waits for them.
    auto const waiting = make(sara, "waiting");
    REQUIRE(world->rooms.invites().create(*sara, waiting->id, std::chrono::hours{1}, 1));
    CHECK(code_of(world->rooms.leave(*sara, waiting->id)) == "");
    CHECK(world->rooms.find("waiting"));

    auto const hers = make(sara, "hers");
    auto const shared = make(sara, "shared");
    auto const invite = world->rooms.invites().create(*sara, shared->id, std::chrono::hours{1}, 1);
    REQUIRE(world->rooms.invites().redeem(*omar, invite->code));
    auto const direct = *world->rooms.direct(*sara, *omar);
    removed.clear();
    REQUIRE(world->accounts.remove(sara->id));
    world->rooms.forget(sara->id);
    std::sort(removed.begin(), removed.end());
    std::vector<base::RoomId> expected{hers->id, waiting->id};
    std::sort(expected.begin(), expected.end());
    CHECK(removed == expected);
    CHECK(world->rooms.find("shared"));
    CHECK(world->rooms.find(direct->id));
    removed.clear();
    REQUIRE(world->accounts.remove(omar->id));
    world->rooms.forget(omar->id);
    CHECK(removed.size() == 3);
    CHECK(world->rooms.all().size() == 2);
    world.restart();
    CHECK(world->rooms.all().size() == 2);
}
