#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "chat/messages/emoji.hpp"
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

TEST_CASE("an emoji is completed, and newer ones than ICU knows are taken") {
    for (auto const& [given, kept] : std::vector<std::pair<std::string, std::string>>{
             {"👍", "👍"},
             {"👍\uFE0F", "👍"},
             {"\u2764", "\u2764\uFE0F"},
             {"\u2764\uFE0E", "\u2764\uFE0F"},
             {"5\u20E3", "5\uFE0F\u20E3"},
             {"#\uFE0F\u20E3", "#\uFE0F\u20E3"},
             {"🇵🇰", "🇵🇰"},
             {"🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F",
              "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F"},
             {"\U0001F441\u200D\U0001F5E8", "\U0001F441\uFE0F\u200D\U0001F5E8\uFE0F"},
             {"\U0001F575🏽\u200D\u2642", "\U0001F575🏽\u200D\u2642\uFE0F"},
             {"\U0001F3F3\u200D🌈", "\U0001F3F3\uFE0F\u200D🌈"},
             {"👩\u200D❤\u200D💋\u200D👨", "👩\u200D❤\uFE0F\u200D💋\u200D👨"},
             {"🐦\u200D🔥", "🐦\u200D🔥"},
             {"🙂\u200D\u2194", "🙂\u200D\u2194\uFE0F"},
             {"🙂\u200D\u2195\uFE0F", "🙂\u200D\u2195\uFE0F"},
             {"\u26D3\u200D💥", "\u26D3\uFE0F\u200D💥"},
             {"🚶🏽\u200D\u2640\u200D\u27A1", "🚶🏽\u200D\u2640\uFE0F\u200D\u27A1\uFE0F"},
             {"🧑\u200D🧑\u200D🧒\u200D🧒", "🧑\u200D🧑\u200D🧒\u200D🧒"},
             {"\U0001FAE9", "\U0001FAE9"},
             {"\U0001FAC6", "\U0001FAC6"},
             {"\U0001FAEA", "\U0001FAEA"},
             {"🧑🏿\u200D\U0001FAEF\u200D🧑🏻", "🧑🏿\u200D\U0001FAEF\u200D🧑🏻"},
             {"🇨🇶", "🇨🇶"}}) {
        INFO(given);
        CHECK(tidy_emoji(given) == kept);
    }
    for (std::string const text :
         {"", "5", "x", "👍👍", "👍x", "\u200D", "👍\u200D", "\u200D👍", "\uFE0F", "🇵", "🇽🇽", "🏴\U000E0067\U000E007F",
          "🔥\u200Dx", "👍\u200D👍\u200D👍\u200D👍\u200D👍", "\uFF15\u20E3"}) {
        INFO(text);
        CHECK_FALSE(tidy_emoji(text));
    }
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

TEST_CASE("a deletion is undone by who made it, within ten seconds") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const moderator = world.user("moderator", Role::moderator);
    auto const restore = [&](UserPtr const& user, base::MessageId const& id) {
        auto [done, future] = World::waiting();
        world->messages.editor.restore({user, "192.0.2.1", false}, id, std::move(done));
        auto restored = future.get();
        world.store.settle();
        return restored;
    };
    auto const id = (*world.post(sara, "think again @omar").result)->id;
    REQUIRE(world.react(omar, id, "👍", true).result);
    REQUIRE(world.remove(sara, id).result);
    world.listener.take();
    CHECK((*world->messages.history.find(*omar, id))->text.empty());
    CHECK(restore(omar, id).error() == "too_late");
    CHECK(restore(moderator, id).error() == "too_late");
    world.clock.advance(9s);
    auto const restored = restore(sara, id);
    REQUIRE(restored.result);
    CHECK((*restored.result)->text == "think again @omar");
    CHECK((*restored.result)->mentions == std::vector<std::string>{"omar"});
    CHECK((*restored.result)->reactions.size() == 1);
    CHECK(world.listener.take() == std::vector<std::string>{"edited think again @omar"});
    CHECK(restore(sara, id).error() == "");

    REQUIRE(world.remove(moderator, id).result);
    CHECK(restore(sara, id).error() == "too_late");
    REQUIRE(restore(moderator, id).result);
    REQUIRE(world.remove(sara, id).result);
    world.clock.advance(11s);
    CHECK(restore(sara, id).error() == "too_late");
    CHECK(restore(sara, {id.room, 99}).error() == "not_found");

    // What moderators decide meanwhile stands.
    auto const other = (*world.post(sara, "one more").result)->id;
    REQUIRE(world.remove(sara, other).result);
    auto [done, future] = World::waiting();
    world->messages.editor.amend(
        other, [](Message const&) { return std::optional<Message>{}; }, std::move(done));
    REQUIRE(future.get().result);
    CHECK(restore(sara, other).error() == "too_late");
}
