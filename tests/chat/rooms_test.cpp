#include "chat/rooms/rooms.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

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
