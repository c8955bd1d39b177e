#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "chat/messages/messages.hpp"
#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

TEST_CASE("an author edits and deletes; others can't, moderators can delete") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const moderator = world.user("moderator", Role::moderator);
    auto const id = (*world.post(sara, "a tpyo @omar").result)->id;
    world.listener.take();

    CHECK(world.edit(omar, id, "mine").error() == "forbidden");
    CHECK(world.edit(moderator, id, "mine").error() == "forbidden");
    CHECK(world.edit(sara, id, "a block").error() == "message_blocked");
    CHECK(world.edit(sara, id, "").error() == "invalid_value");
    CHECK(world.edit(sara, {id.room, 99}, "x").error() == "not_found");
    CHECK(world.edit(sara, {base::RoomId{"nowhere"}, 1}, "x").error() == "not_found");
    world.clock.advance(5s);
    auto const edited = world.edit(sara, id, "a typo");
    REQUIRE(edited.result);
    CHECK((*edited.result)->edited_at == world.clock.now());
    CHECK((*edited.result)->mentions.empty());
    CHECK(world.remove(omar, id).error() == "forbidden");
    REQUIRE(world.remove(moderator, id).result);

    auto const found = world->messages.history.find(*omar, id);
    REQUIRE(found);
    CHECK((*found)->deleted);
    CHECK((*found)->removed_by_staff);
    CHECK((*found)->text.empty());
    CHECK((*found)->sender->username == "sara");
    CHECK(world.edit(sara, id, "back").error() == "not_found");
    CHECK(world.react(sara, id, "👍", true).error() == "not_found");
    CHECK(world.listener.take() == std::vector<std::string>{"alert sara block a block", "edited a typo", "deleted 1"});
}

TEST_CASE("reactions are one emoji each, once a person") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const id = (*world.post(sara, "react").result)->id;
    world.listener.take();
    CHECK(world.react(omar, id, "👍🏽", true).error() == "");
    CHECK(world.react(omar, id, "👍🏽", true).error() == "");
    CHECK(world.react(sara, id, "👍🏽", true).error() == "");
    CHECK(world.react(omar, id, "👍🏽", false).error() == "");
    CHECK(world.react(sara, id, "\xE2\x9D\xA4", true).error() == "");
    CHECK(world.react(sara, id, "\xE2\x9D\xA4\xEF\xB8\x8F", true).error() == "");
    for (auto const* text : {"", "x", "👍👍", "thumbs up", "\xFF", "<b>"}) {
        INFO(text);
        CHECK(world.react(sara, id, text, true).error() == "invalid_value");
    }
    auto const found = *world->messages.history.find(*sara, id);
    REQUIRE(found->reactions.size() == 2);
    CHECK(found->reactions.at("👍🏽") == std::vector<base::UserId>{sara->id});
    CHECK(world.listener.take() == std::vector<std::string>{"reacted 👍🏽 omar", "reacted 👍🏽 sara",
                                                            "unreacted 👍🏽 omar", "reacted ❤️ sara"});
}

TEST_CASE("changes of one message at the same moment don't lose each other") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const id = (*world.post(sara, "version 0").result)->id;
    std::vector<std::string> const emoji{"👍", "🎉", "😂", "🙏", "🔥", "👀", "💯", "✅", "🌟", "🚀"};
    std::atomic<std::size_t> made = 0;
    auto const work = [&](UserPtr const& user, bool edits) {
        std::vector<World::Waiting> all;
        for (std::size_t i = 0; i < emoji.size(); ++i) {
            auto [done, future] = World::waiting();
            if (edits) {
                world->messages.editor.edit({user, "", false}, id, "version " + std::to_string(i + 1), std::move(done));
            } else {
                world->messages.editor.react({user, "", false}, id, emoji[i], true, std::move(done));
            }
            all.push_back(std::move(future));
        }
        for (auto& each : all) made += each.get().error().empty();
    };
    std::thread one{[&] { work(sara, true); }};
    std::thread two{[&] { work(omar, false); }};
    one.join();
    two.join();
    auto const found = *world->messages.history.find(*sara, id);
    CHECK(made == 2 * emoji.size());
    CHECK(found->reactions.size() == emoji.size());
    CHECK(found->text == "version 10");
}
