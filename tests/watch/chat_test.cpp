#include <optional>
#include <string>

#include "watch/world.hpp"

using namespace soyuz;
using namespace soyuz::watch::testing;
using watch::Finding;

TEST_CASE("a chat line is an alarm for a keyword, a bad sentiment or a high score, with keywords or without") {
    for (bool const has_keywords : {false, true}) {
        World world;
        auto const stream = world.stream();
        if (has_keywords) REQUIRE(world.watch.watchlist.add_keyword(world.keeper().id, "knife"));
        struct Case {
            std::string text;
            std::optional<Finding> found;
        };
        int person = 0;
        for (auto const& [text, found] : {
                 Case{"hello everybody", std::nullopt},
                 Case{"this stream sucks, worst teacher ever", Finding::sentiment},
                 Case{"something awful this way comes", Finding::sentiment},
                 Case{"a knife", has_keywords ? std::optional{Finding::keyword} : std::nullopt},
             }) {
            INFO(text);
            auto const reported = world.look_at(stream->id, "person" + std::to_string(++person), text);
            REQUIRE(reported.has_value() == found.has_value());
            if (found) CHECK(reported->detection->alert.finding == *found);
        }
    }
}

TEST_CASE("what is found becomes a case and one notification, and what comes again a count") {
    World world;
    auto const agent = world.agent("omar");
    auto const stream = world.stream();
    REQUIRE(world.watch.watchlist.add_keyword(world.keeper().id, "knife"));
    auto const open = world.cases.open_count();
    auto const first = world.look_at(stream->id, "ali", "who sells a knife");
    REQUIRE(first);
    CHECK(first->is_new);
    CHECK(world.cases.open_count() == open + 1);
    auto const the_case = world.cases.find(first->detection->case_id);
    REQUIRE(the_case);
    CHECK(the_case->kind == moderation::Case::Kind::detection);
    CHECK(the_case->stream == stream->id);
    CHECK(the_case->text == "ali: who sells a knife");
    auto const told = world.watch.notifications.of_detection(first->detection->id);
    REQUIRE(told);
    CHECK(told->event_type == "chat_keyword_detection");
    CHECK(told->to.contains(agent->id));
    CHECK(told->details["username"] == "ali");
    auto const notified = world.hearer.notifications.size();
    auto const second = world.look_at(stream->id, "ali", "a knife I said");
    REQUIRE(second);
    CHECK_FALSE(second->is_new);
    CHECK(second->detection->count == 2);
    CHECK(world.cases.open_count() == open + 1);
    CHECK(world.hearer.notifications.size() == notified);
    CHECK(world.watch.notifications.of_detection(first->detection->id)->count == 2);
}

TEST_CASE("streams that nobody monitors raise no alarm") {
    World world;
    auto const stream = world.stream();
    REQUIRE(world.watch.watchlist.add_keyword(world.keeper().id, "knife"));
    REQUIRE(world.watch.set_state(stream->id, watch::StreamState::online));
    CHECK_FALSE(world.look_at(stream->id, "ali", "a knife"));
    CHECK_FALSE(world.look_at("nothing", "ali", "a knife"));
}

TEST_CASE("messages of a live room are looked at as they are posted, and a case names their author") {
    World world;
    world.messages.observe(world.chat_watch);
    chat::Rooms::NewRoom wanted;
    wanted.name = "cooking";
    wanted.kind = chat::Room::Kind::live;
    auto const room = *world.rooms.create(world.keeper(), wanted);
    REQUIRE(world.stages.of(*room)->go_live(world.keeper().id));
    world.watch.tick();
    REQUIRE(world.watch.watchlist.add_keyword(world.keeper().id, "knife"));
    auto const member = world.user("ali");
    REQUIRE(world.rooms.join(*member, room->id));
    auto const posted = store::await<base::Result<chat::MessagePtr>>([&](auto done) {
        chat::Draft draft;
        draft.room = room;
        draft.text = "cut it with a knife";
        world.messages.poster.post({member, "127.0.0.1", false}, std::move(draft), std::move(done));
    });
    REQUIRE(posted);
    auto const found = world.watch.detections.list({}, [](auto const&) { return true; });
    REQUIRE(found.size() == 1);
    CHECK(found.front()->alert.message == (*posted)->id);
    auto const the_case = world.cases.find(found.front()->case_id);
    REQUIRE(the_case);
    CHECK(the_case->author == member->id);
    CHECK(the_case->messages.size() == 1);

    SECTION("and removing it takes the message away") {
        world.decide(the_case->id, moderation::Decision::remove);
        CHECK((*world.messages.history.find(*member, (*posted)->id))->deleted);
    }
}
