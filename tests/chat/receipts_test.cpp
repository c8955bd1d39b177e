#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

namespace {

World::Posted write(World& world, UserPtr const& user, RoomPtr const& room, std::string text) {
    return world.post(user, {room, std::move(text), 0, {}, {}});
}

}  // namespace

TEST_CASE("a direct room knows how far each of its two was reached and has read") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const room = *world->rooms.direct(*sara, *omar);
    REQUIRE(write(world, sara, room, "one").result);
    REQUIRE(write(world, sara, room, "two").result);
    CHECK(world->rooms.delivered_seq(sara->id, room->id) == 2);
    CHECK(world->rooms.delivered_seq(omar->id, room->id) == 0);
    world->rooms.mark_delivered(*omar, *room, 1);
    CHECK(world->rooms.delivered_seq(omar->id, room->id) == 1);
    CHECK(world->rooms.read_seq(omar->id, room->id) == 0);
    world->rooms.mark_all_delivered(*omar);
    world->rooms.mark_delivered(*omar, *room, 1);
    CHECK(world->rooms.delivered_seq(omar->id, room->id) == 2);
    world->rooms.flush_read_marks();
    world.restart();
    CHECK(world->rooms.delivered_seq(omar->id, room->id) == 2);
    CHECK(world->rooms.unread(omar->id, room->id) == 2);
    // Nobody is reached further than there is something, and what is read was reached.
    world->rooms.mark_read(*omar, *room, 99);
    CHECK(world->rooms.delivered_seq(omar->id, room->id) == 2);
    // Other rooms have no such marks.
    world->rooms.mark_delivered(*omar, *world->rooms.lobby(), 5);
    CHECK(world->rooms.delivered_seq(omar->id, world->rooms.lobby()->id) == 0);
}

TEST_CASE("one of the two clears a conversation for themselves") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const room = *world->rooms.direct(*sara, *omar);
    for (auto const* text : {"one", "two", "three"}) REQUIRE(write(world, sara, room, text).result);
    REQUIRE(world->rooms.clear(*omar, room->id));
    world.restart();
    auto const& history = world->messages.history;
    CHECK_FALSE(world->rooms.shows(omar->id, *room));
    CHECK(world->rooms.shows(sara->id, *room));
    CHECK(world->rooms.unread(omar->id, room->id) == 0);
    CHECK(history.before(*omar, room->id, 9, 50)->messages.empty());
    CHECK_FALSE(history.before(*omar, room->id, 9, 50)->has_more);
    CHECK(history.around(*omar, room->id, 1, 50)->messages.empty());
    CHECK(world->messages.search.find(*omar, {"two", {}, {}, {}, {}, 50, {}, false, ""})->hits.empty());
    CHECK(history.before(*sara, room->id, 9, 50)->messages.size() == 3);
    // The next message brings it back, with nothing from before.
    REQUIRE(write(world, sara, room, "four").result);
    CHECK(world->rooms.shows(omar->id, *room));
    CHECK(world->rooms.unread(omar->id, room->id) == 1);
    CHECK(history.after(*omar, room->id, 0, 50)->messages.size() == 1);
    CHECK(history.around(*omar, room->id, 1, 50)->messages.front()->text == "four");
    CHECK(code_of(world->rooms.clear(*omar, world->rooms.lobby()->id)) == "conflict");
    CHECK(code_of(world->rooms.clear(*world.user("mina"), room->id)) == "unknown_room");
}

TEST_CASE("what two people write to each other is delivered with a mark, unless the server is graduated") {
    struct Case {
        char const* policy;
        char const* text;
        std::string error;
        judge::Action action;
    };
    using judge::Action;
    for (auto const& [policy, text, error, action] : {
             Case{"mark", "block", "", Action::flag},
             Case{"mark", "flag", "", Action::flag},
             Case{"mark", "hello", "", Action::allow},
             Case{"mark", "threat", "message_blocked", Action::block},
             Case{"graduated", "block", "message_blocked", Action::block},
             Case{"graduated", "flag", "", Action::flag},
         }) {
        World world;
        auto const sara = world.user("sara");
        auto const omar = world.user("omar");
        REQUIRE(world->settings.change({{"direct_policy", policy}}));
        auto const room = *world->rooms.direct(*sara, *omar);
        INFO(policy << ": " << text);
        auto const posted = write(world, sara, room, text);
        CHECK(posted.error() == error);
        CHECK(posted.verdict.action == action);
        if (posted.result) CHECK((*posted.result)->verdict.action == action);
        // In rooms it is as ever.
        if (std::string{text} == "block") CHECK(world.post(sara, "block").error() == "message_blocked");
    }
}

TEST_CASE("the fifth that is marked is the last that goes out, messages and comments together") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const room = *world->rooms.direct(*sara, *omar);
    for (int i = 0; i < 4; ++i) CHECK(write(world, sara, room, "block " + std::to_string(i)).error().empty());
    CHECK_FALSE(world->screening.has_lost_right(sara->id));
    CHECK(write(world, sara, room, "block 5").error().empty());
    CHECK(world->screening.has_lost_right(sara->id));
    CHECK(write(world, sara, room, "hello").error() == "muted");
    CHECK(world.post(sara, "hello").error() == "muted");
}

TEST_CASE("bullying is what is probably toxic where the judge objects, and what it flags for its words") {
    World world;
    using judge::Action;
    using judge::Severity;
    struct Case {
        Action action;
        double score, probability;
        std::vector<std::string> reasons;
        bool is_bullying;
    };
    for (auto const& [action, score, probability, reasons, is_bullying] : {
             Case{Action::allow, 0.1, 0.9, {}, false},
             Case{Action::warn, 0.4, 0.7, {"profanity"}, true},
             Case{Action::warn, 0.4, 0.5, {"profanity"}, false},
             Case{Action::flag, 0.7, 0.3, {"harassment"}, true},
             Case{Action::flag, 0.9, 0.2, {"self_harm"}, false},
             Case{Action::flag, 0.7, 0.1, {"spam"}, false},
             Case{Action::block, 0.95, 0.99, {"hate_speech"}, true},
         }) {
        auto const found =
            world->screening.bullying({action, Severity::low, score, probability, reasons, {}, "en", ""});
        INFO(judge::name(action) << ' ' << probability);
        CHECK(found.is_bullying == is_bullying);
        if (is_bullying) CHECK(found.probability >= 0.6);
    }
}
