#include <mutex>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include "chat/messages/messages.hpp"
#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

TEST_CASE("a post is on disk before anybody hears of it") {
    World world;
    auto const sara = world.user("sara");
    world.store.hold();
    auto waiting = world.start(sara, {world->rooms.lobby(), "hello", 0, {}, {}});
    CHECK(waiting.wait_for(0s) == std::future_status::timeout);
    CHECK(world.listener.take().empty());
    world.store.release();
    auto const posted = waiting.get();
    REQUIRE(posted.result);
    CHECK((*posted.result)->id.seq == 1);
    world.store.settle();
    CHECK(world.listener.take() == std::vector<std::string>{"posted lobby hello"});
}

TEST_CASE("a post is refused for the first reason that applies") {
    World world;
    auto const sara = world.user("sara");
    auto const owner = world.user("owner", Role::owner);
    auto const lobby = world->rooms.lobby();
    auto const secret = *world->rooms.create(*owner, {"secret", "", "", Room::Kind::private_, {}});
    auto const garden = *world->rooms.create(*owner, {"garden", "", "", Room::Kind::public_, {}});
    auto const quiet = *world->rooms.create(*owner, {"quiet", "", "", Room::Kind::public_, {0s, true}});
    auto const slow = *world->rooms.create(*owner, {"slow", "", "", Room::Kind::public_, {30s, false}});
    REQUIRE(world->rooms.join(*sara, quiet->id));
    REQUIRE(world->rooms.join(*sara, slow->id));

    auto const error = [&](RoomPtr const& room, std::string text, base::Seq reply_to = 0) {
        return world.post(sara, {room, std::move(text), reply_to, {}, {}}).error();
    };
    CHECK(error(secret, "x") == "unknown_room");
    CHECK(error(garden, "x") == "not_a_member");
    CHECK(error(quiet, "x") == "room_locked");
    CHECK(error(slow, "block this") == "message_blocked");
    CHECK(error(slow, "first") == "");
    CHECK(error(slow, "second") == "slow_mode");
    CHECK(error(lobby, "") == "invalid_value");
    CHECK(error(lobby, "hello", 7) == "invalid_value");
    CHECK(world.post(owner, {quiet, "staff write here", 0, {}, {}}).error() == "");

    SECTION("a mute before the room") {
        world->sanctions.impose(
            {moderation::Sanction::Kind::mute, sara->id, world.clock.now() + 5min, "noise", "owner", {}});
        CHECK(error(secret, "x") == "muted");
        world.clock.advance(6min);
        CHECK(error(lobby, "x") == "");
    }
    SECTION("a ban before everything, with its end and reason") {
        auto const until = world.clock.now() + 5min;
        world->sanctions.impose({moderation::Sanction::Kind::ban, sara->id, until, "noise", "owner", {}});
        world->sanctions.impose({moderation::Sanction::Kind::mute, sara->id, until, "noise", "owner", {}});
        auto const posted = world.post(sara, "x");
        REQUIRE(posted.error() == "banned");
        CHECK(posted.result.error().until == until);
        CHECK(posted.result.error().reason == "noise");
    }
    SECTION("a disk that is full") {
        world.store.refuse(true);
        CHECK(error(lobby, "x") == "read_only");
        world.store.refuse(false);
        CHECK(error(lobby, "x") == "");
    }
}

TEST_CASE("texts are kept as they were, but for line ends, trailing space and what came along with a paste") {
    World world;
    auto const sara = world.user("sara");
    struct Case {
        std::string text, kept;
    };
    for (auto const& [text, kept] : std::vector<Case>{
             {"hello", "hello"},
             {"two\r\nlines\rmore", "two\nlines\nmore"},
             {"  indented \n\t ", "  indented"},
             {"ends with an em space\xE2\x80\x83", "ends with an em space"},
             {"<b>\"\\ \t&", "<b>\"\\ \t&"},
             {"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7"},
             {std::string(4000, 'x'), std::string(4000, 'x')},
             {"one\u2028two\vthree", "one\ntwo\nthree"},
             {"\x1b[31mError\x1b[0m: failed", "Error: failed"},
             {"\u202aC:\\Users\u202c", "C:\\Users"},
             {"a\x07", "a"},
             {std::string{"a\0b", 3}, "ab"},
             {"\u200bseen\u200b", "\u200bseen\u200b"},
         }) {
        auto const posted = world.post(sara, text);
        REQUIRE(posted.result);
        CHECK((*posted.result)->text == kept);
    }
    for (std::string const& text : {std::string{""}, std::string{" \n\t "}, std::string(4001, 'x'),
                                    std::string{"\xFFx"}, std::string{"\xED\xA0\x80"}, std::string{"\x7F"},
                                    std::string{"\u200b\u2800"}, std::string{"\u3164\n"}, std::string{"\u0301"}}) {
        INFO(text);
        CHECK(world.post(sara, text).error() == "invalid_value");
    }
}

TEST_CASE("a mention names a member, however the sentence goes on") {
    World world;
    auto const sara = world.user("sara");
    world.user("Omar.K");
    auto const room = *world->rooms.create(*sara, {"room-one", "", "", Room::Kind::public_, {}});
    for (auto const& [text, mentions] : std::vector<std::pair<std::string, std::vector<std::string>>>{
             {"hi @sara", {"sara"}},
             {"@SARA, @omar.k. and @sara again", {"sara", "Omar.K"}},
             {"mail me@sara.example or @nobody", {}},
             {"@sara--", {"sara"}},
             {".@sara, /@omar.k and _@sara_", {"sara", "Omar.K"}},
             {"`@sara` and \\@omar.k", {}},
             {"```\n@sara\n```", {}},
             {"> @sara\n- **@omar.k**", {"sara", "Omar.K"}},
             {"[@sara](https://a.example) https://a.example/@omar.k", {"sara"}},
             {"سلام@sara", {"sara"}},
             {"@sa @", {}},
         }) {
        INFO(text);
        auto const posted = world.post(sara, text);
        REQUIRE(posted.result);
        CHECK((*posted.result)->mentions == mentions);
    }
    auto const posted = world.post(sara, {room, "@omar.k isn't here", 0, {}, {}});
    CHECK((*posted.result)->mentions.empty());
}

TEST_CASE("many threads post in order and without gaps") {
    World world;
    std::vector<UserPtr> users;
    for (int i = 0; i < 4; ++i) users.push_back(world.user("user" + std::to_string(i)));
    auto const lobby = world->rooms.lobby();
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::set<base::Seq> seqs;
    for (auto const& user : users) {
        threads.emplace_back([&, user] {
            std::vector<World::Waiting> waiting;
            for (int i = 0; i < 200; ++i)
                waiting.push_back(world.start(user, {lobby, "text", 0, "c" + std::to_string(i / 2), {}}));
            for (auto& each : waiting) {
                auto const posted = each.get();
                std::lock_guard const lock{mutex};
                if (posted.result) seqs.insert((*posted.result)->id.seq);
                world->rooms.mark_read(*user, *lobby, 1);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    world.store.settle();
    CHECK(seqs.size() == 400);
    CHECK(*seqs.rbegin() == 400);
    CHECK(world->rooms.last_seq(lobby->id) == 400);
}
