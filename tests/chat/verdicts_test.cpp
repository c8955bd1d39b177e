#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/messages/messages.hpp"
#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

TEST_CASE("more than eight messages in ten seconds earn a ban that grows, also over a restart") {
    World world;
    auto const sara = world.user("sara");
    auto const lobby = world->rooms.lobby();
    int count = 0;
    auto const flood = [&] {
        for (int i = 0; i < 8; ++i) {
            auto const posted = world.post(sara, {lobby, "message " + std::to_string(++count), 0, {}, {}}, true);
            REQUIRE(posted.error() == "");
        }
        auto const posted = world.post(sara, {lobby, "one too many", 0, {}, {}}, true);
        REQUIRE(posted.error() == "banned");
        CHECK(posted.result.error().reason == "Too many messages in a short time.");
        return std::chrono::duration_cast<std::chrono::seconds>(*posted.result.error().until - world.clock.now());
    };
    CHECK(flood() == 60s);
    CHECK(world.post(sara, {lobby, "still here", 0, {}, {}}, true).error() == "banned");
    world.clock.advance(61s);
    CHECK(flood() == 5min);
    world.restart();
    CHECK(world.post(sara, {lobby, "after the restart", 0, {}, {}}, true).error() == "banned");
    world.clock.advance(6min);
    CHECK(flood() == 1h);
    world.clock.advance(61min);
    CHECK(flood() == 1h);
    world.clock.advance(25h);
    CHECK(flood() == 60s);

    auto const log = world.store.log_tail("spam_log", 10);
    REQUIRE(log.size() == 5);
    auto const line = nlohmann::json::parse(log[1]);
    CHECK(line["username"] == "sara");
    CHECK(line["room"] == "lobby");
    CHECK(line["text"] == "one too many");
    CHECK(line["count"] == 9);
    CHECK(line["ban_s"] == 300);
}

TEST_CASE("refused attempts count towards a flood, staff are not locked out by one") {
    World world;
    auto const sara = world.user("sara");
    auto const owner = world.user("owner", Role::owner);
    auto const lobby = world->rooms.lobby();
    auto const secret = *world->rooms.create(*owner, {"secret", "", "", Room::Kind::private_, {}});
    for (int i = 0; i < 8; ++i)
        CHECK(world.post(sara, {secret, std::to_string(i), 0, {}, {}}, true).error() == "unknown_room");
    CHECK(world.post(sara, {lobby, "x", 0, {}, {}}, true).error() == "banned");
    for (int i = 0; i < 8; ++i) world.post(owner, {lobby, std::to_string(i), 0, {}, {}}, true);
    auto const posted = world.post(owner, {lobby, "x", 0, {}, {}}, true);
    CHECK(posted.error() == "rate_limited");
    CHECK(posted.result.error().retry_after == 10s);
    CHECK_FALSE(world->sanctions.ban_of(owner->id));
}

TEST_CASE("verdicts are stored, logged and told to moderators") {
    World world;
    auto const sara = world.user("sara");
    world.post(sara, "a warn");
    world.post(sara, "a flag");
    auto const blocked = world.post(sara, "a block");
    CHECK(blocked.verdict.reasons == std::vector<std::string>{"harassment"});
    CHECK(world.listener.take() == std::vector<std::string>{"posted lobby a warn", "posted lobby a flag",
                                                            "alert sara flag a flag -2", "alert sara block a block"});
    std::vector<std::string> actions;
    for (auto const& text : world.store.log_tail("moderation_log", 10)) {
        auto const line = nlohmann::json::parse(text);
        actions.push_back(line["action"].get<std::string>() + (line.contains("message") ? " kept" : " refused"));
    }
    CHECK(actions == std::vector<std::string>{"warn kept", "flag kept", "block refused"});

    auto const page = world->messages.history.before(*sara, world->rooms.lobby()->id, 3, 10);
    REQUIRE(page->messages.size() == 2);
    CHECK(page->messages[1]->verdict.action == judge::Action::flag);
    CHECK(page->messages[1]->verdict.score == Approx(0.7));
    CHECK(page->messages[1]->verdict.reasons == std::vector<std::string>{"profanity"});
}
