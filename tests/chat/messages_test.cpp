#include "chat/messages.hpp"

#include <atomic>
#include <set>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/shapes.hpp"
#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

namespace {

std::vector<base::Seq> seqs_of(Messages::Page const& page) {
    std::vector<base::Seq> seqs;
    for (auto const& message : page.messages) seqs.push_back(message->id.seq);
    return seqs;
}

std::vector<base::Seq> range(base::Seq first, base::Seq last) {
    std::vector<base::Seq> seqs;
    for (auto seq = first; seq <= last; ++seq) seqs.push_back(seq);
    return seqs;
}

}  // namespace

TEST_CASE("a post is on disk before anybody hears of it") {
    World world;
    auto const sara = world.user("sara");
    world.store.hold();
    auto waiting = world.start(sara, {world->rooms.lobby()->id, "hello", 0, {}, {}});
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
    auto const secret = *world->rooms.create(*owner, {"secret", "", "", Room::Kind::closed, {}});
    auto const garden = *world->rooms.create(*owner, {"garden", "", "", Room::Kind::open, {}});
    auto const quiet = *world->rooms.create(*owner, {"quiet", "", "", Room::Kind::open, {0s, true}});
    auto const slow = *world->rooms.create(*owner, {"slow", "", "", Room::Kind::open, {30s, false}});
    REQUIRE(world->rooms.join(*sara, quiet->id));
    REQUIRE(world->rooms.join(*sara, slow->id));

    auto const error = [&](base::RoomId const& room, std::string text, base::Seq reply_to = 0) {
        return world.post(sara, {room, std::move(text), reply_to, {}, {}}).error();
    };
    CHECK(error(base::RoomId{"nowhere"}, "x") == "unknown_room");
    CHECK(error(secret->id, "x") == "unknown_room");
    CHECK(error(garden->id, "x") == "not_a_member");
    CHECK(error(quiet->id, "x") == "room_locked");
    CHECK(error(slow->id, "block this") == "message_blocked");
    CHECK(error(slow->id, "first") == "");
    CHECK(error(slow->id, "second") == "slow_mode");
    CHECK(error(lobby->id, "") == "invalid_value");
    CHECK(error(lobby->id, "hello", 7) == "invalid_value");
    CHECK(world.post(owner, {quiet->id, "staff write here", 0, {}, {}}).error() == "");

    SECTION("a mute before the room") {
        world->sanctions.impose(
            {moderation::Sanction::Kind::mute, sara->id, world.clock.now() + 5min, "noise", "owner", {}});
        CHECK(error(secret->id, "x") == "muted");
        world.clock.advance(6min);
        CHECK(error(lobby->id, "x") == "");
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
        CHECK(error(lobby->id, "x") == "read_only");
        world.store.refuse(false);
        CHECK(error(lobby->id, "x") == "");
    }
}

TEST_CASE("texts are kept as they were, but for line ends and trailing space") {
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
         }) {
        auto const posted = world.post(sara, text);
        REQUIRE(posted.result);
        CHECK((*posted.result)->text == kept);
    }
    for (std::string const& text :
         {std::string{""}, std::string{" \n\t "}, std::string(4001, 'x'), std::string{"a\x07"}, std::string{"a\0b", 3},
          std::string{"\xC2\x85x"}, std::string{"\xE2\x80\xAEx"}, std::string{"\xFFx"}, std::string{"\xED\xA0\x80"},
          std::string{"\x7F"}}) {
        INFO(text);
        CHECK(world.post(sara, text).error() == "invalid_value");
    }
}

TEST_CASE("a mention names a member, however the sentence goes on") {
    World world;
    auto const sara = world.user("sara");
    world.user("Omar.K");
    auto const room = *world->rooms.create(*sara, {"room-one", "", "", Room::Kind::open, {}});
    for (auto const& [text, mentions] : std::vector<std::pair<std::string, std::vector<std::string>>>{
             {"hi @sara", {"sara"}},
             {"@SARA, @omar.k. and @sara again", {"sara", "Omar.K"}},
             {"mail me@sara.example or @nobody", {}},
             {"@sara--", {"sara"}},
             {"@sa @", {}},
         }) {
        INFO(text);
        auto const posted = world.post(sara, text);
        REQUIRE(posted.result);
        CHECK((*posted.result)->mentions == mentions);
    }
    auto const posted = world.post(sara, {room->id, "@omar.k isn't here", 0, {}, {}});
    CHECK((*posted.result)->mentions.empty());
}

TEST_CASE("the same client_id gives the first result again, also after a restart") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const lobby = world->rooms.lobby()->id;
    auto const post = [&](UserPtr const& user, std::string text) {
        auto const posted = world.post(user, {lobby, std::move(text), 0, "c-1", {}});
        return posted.result ? (*posted.result)->id.seq : 0;
    };
    CHECK(post(sara, "once") == 1);
    CHECK(post(sara, "once") == 1);
    CHECK(post(omar, "once") == 2);
    world.listener.take();
    world.restart();
    CHECK(post(sara, "once") == 1);
    CHECK(post(omar, "once") == 2);
    CHECK(world.listener.take().empty());
    world.clock.advance(24h);
    CHECK(post(sara, "a day later") == 3);
    world.restart();
    CHECK(post(sara, "a day later") == 3);
}

TEST_CASE("a retry waits for the first that is on its way") {
    World world;
    auto const sara = world.user("sara");
    auto const lobby = world->rooms.lobby()->id;
    world.store.hold();
    std::vector<World::Waiting> waiting;
    for (int i = 0; i < 3; ++i) waiting.push_back(world.start(sara, {lobby, "once", 0, "c-1", {}}));
    world.store.release();
    for (auto& each : waiting) {
        auto const posted = each.get();
        REQUIRE(posted.result);
        CHECK((*posted.result)->id.seq == 1);
    }
    world.store.settle();
    CHECK(world->rooms.last_seq(lobby) == 1);
}

TEST_CASE("what was refused isn't remembered by its client_id") {
    World world;
    auto const sara = world.user("sara");
    auto const lobby = world->rooms.lobby()->id;
    CHECK(world.post(sara, {lobby, "block", 0, "c-1", {}}).error() == "message_blocked");
    CHECK(world.post(sara, {lobby, "", 0, "c-1", {}}).error() == "invalid_value");
    world.store.refuse(true);
    CHECK(world.post(sara, {lobby, "fine", 0, "c-1", {}}).error() == "read_only");
    world.store.refuse(false);
    CHECK(world.post(sara, {lobby, "fine", 0, "c-1", {}}).error() == "");
    for (std::string const& id :
         {std::string(65, 'x'), std::string{"a b"}, std::string{"a\"b"}, std::string{"\xC3\xA4"}})
        CHECK(world.post(sara, {lobby, "fine", 0, id, {}}).error() == "invalid_value");
}

TEST_CASE("more than eight messages in ten seconds earn a ban that grows, also over a restart") {
    World world;
    auto const sara = world.user("sara");
    auto const lobby = world->rooms.lobby()->id;
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
    auto const lobby = world->rooms.lobby()->id;
    for (int i = 0; i < 8; ++i)
        CHECK(world.post(sara, {base::RoomId{"nowhere"}, std::to_string(i), 0, {}, {}}, true).error() ==
              "unknown_room");
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

    auto const page = world->messages.before(*sara, world->rooms.lobby()->id, 3, 10);
    REQUIRE(page->messages.size() == 2);
    CHECK(page->messages[1]->verdict.action == moderation::Action::flag);
    CHECK(page->messages[1]->verdict.score == Approx(0.7));
    CHECK(page->messages[1]->verdict.reasons == std::vector<std::string>{"profanity"});
}

TEST_CASE("history is paged before, after and around") {
    World world;
    auto const sara = world.user("sara");
    auto const lobby = world->rooms.lobby()->id;
    for (int i = 1; i <= 30; ++i) REQUIRE(world.post(sara, std::to_string(i)).result);
    struct Case {
        char kind;
        base::Seq seq;
        std::size_t limit;
        std::vector<base::Seq> seqs;
        bool has_more;
    };
    for (auto const& [kind, seq, limit, seqs, has_more] : std::vector<Case>{
             {'b', 31, 10, range(21, 30), true},
             {'b', std::numeric_limits<base::Seq>::max(), 10, range(21, 30), true},
             {'b', 11, 10, range(1, 10), false},
             {'b', 1, 10, {}, false},
             {'b', 0, 10, {}, false},
             {'a', 0, 10, range(1, 10), true},
             {'a', 20, 10, range(21, 30), false},
             {'a', 30, 10, {}, false},
             {'a', std::numeric_limits<base::Seq>::max(), 10, {}, false},
             {'r', 15, 5, range(13, 17), true},
             {'r', 1, 5, range(1, 5), true},
             {'r', 30, 5, range(26, 30), true},
             {'r', 15, 200, range(1, 30), false},
             {'r', 15, 1, range(15, 15), true},
         }) {
        INFO(kind << ' ' << seq << ' ' << limit);
        auto const& messages = world->messages;
        auto const page = kind == 'b'   ? messages.before(*sara, lobby, seq, limit)
                          : kind == 'a' ? messages.after(*sara, lobby, seq, limit)
                                        : messages.around(*sara, lobby, seq, limit);
        REQUIRE(page);
        CHECK(seqs_of(*page) == seqs);
        CHECK(page->has_more == has_more);
    }
}

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

    auto const found = world->messages.find(*omar, id);
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
    auto const found = *world->messages.find(*sara, id);
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
                world->messages.edit({user, "", false}, id, "version " + std::to_string(i + 1), std::move(done));
            } else {
                world->messages.react({user, "", false}, id, emoji[i], true, std::move(done));
            }
            all.push_back(std::move(future));
        }
        for (auto& each : all) made += each.get().error().empty();
    };
    std::thread one{[&] { work(sara, true); }};
    std::thread two{[&] { work(omar, false); }};
    one.join();
    two.join();
    auto const found = *world->messages.find(*sara, id);
    CHECK(made == 2 * emoji.size());
    CHECK(found->reactions.size() == emoji.size());
    CHECK(found->text == "version 10");
}

TEST_CASE("private rooms are unknown to those outside, in every way") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const moderator = world.user("moderator", Role::moderator);
    auto const secret = *world->rooms.create(*sara, {"secret", "", "", Room::Kind::closed, {}});
    auto const id = (*world.post(sara, {secret->id, "only for us", 0, {}, {}}).result)->id;
    CHECK(code_of(world->messages.before(*omar, secret->id, 9, 9)) == "unknown_room");
    CHECK(code_of(world->messages.after(*omar, secret->id, 0, 9)) == "unknown_room");
    CHECK(code_of(world->messages.around(*omar, secret->id, 1, 9)) == "unknown_room");
    CHECK(code_of(world->messages.find(*omar, id)) == "not_found");
    CHECK(code_of(world->messages.search(*omar, {"only", secret->id, {}, {}, {}, 50})) == "unknown_room");
    CHECK(world->messages.search(*omar, {"only", {}, {}, {}, {}, 50})->messages.empty());
    CHECK(world->messages.search(*sara, {"only", {}, {}, {}, {}, 50})->messages.size() == 1);
    CHECK(world.edit(omar, id, "x").error() == "not_found");
    CHECK(world.react(omar, id, "👍", true).error() == "not_found");
    CHECK(world.remove(omar, id).error() == "not_found");
    CHECK(world.react(moderator, id, "👍", true).error() == "not_a_member");
    CHECK(world.remove(moderator, id).error() == "");
}

TEST_CASE("search finds all words regardless of case, newest first") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    for (auto const* text : {"The Quick brown fox", "slow", "ÜBER quick"}) {
        world.post(sara, text);
        world.clock.advance(1min);
    }
    world.post(omar, "QUICK answer");
    auto const texts = [&](Messages::Query query) {
        std::vector<std::string> found;
        auto const page = world->messages.search(*sara, query);
        for (auto const& message : page->messages) found.push_back(message->text);
        return found;
    };
    using List = std::vector<std::string>;
    CHECK(texts({"quick", {}, {}, {}, {}, 50}) == List{"QUICK answer", "ÜBER quick", "The Quick brown fox"});
    CHECK(texts({"quick", {}, {}, {}, {}, 1}) == List{"QUICK answer"});
    CHECK(texts({"fox quick", {}, {}, {}, {}, 50}) == List{"The Quick brown fox"});
    CHECK(texts({"über", {}, {}, {}, {}, 50}) == List{"ÜBER quick"});
    CHECK(texts({"quick", {}, omar->id, {}, {}, 50}) == List{"QUICK answer"});
    auto const start = base::ManualClock::start;
    CHECK(texts({"quick", {}, {}, start + 2min, {}, 50}) == List{"The Quick brown fox"});
    CHECK(texts({"quick", {}, {}, {}, start + 2min, 50}) == List{"QUICK answer"});
}

TEST_CASE("a message's shape is that of the contract") {
    World world;
    auto const sara = world.user("sara");
    auto const first = world.post(sara, "first");
    auto const posted =
        *world
             .post(
                 sara,
                 {world->rooms.lobby()->id, "say \"hi\" @sara", 1, "c-9", {{"f.png", "a \"b\".png", "image/png", 12}}})
             .result;
    auto const json = message_json(*posted, world->accounts);
    CHECK(json == nlohmann::json::parse(R"({"id":")" + posted->id.room.value + R"(-2","room":"lobby","seq":2,
        "sender":{"id":")" + sara->id.value +
                                        R"(","username":"sara","display_name":"sara","avatar_url":null},
        "text":"say \"hi\" @sara","sent_at":"2023-11-14T22:13:20.000Z","reply_to":1,"mentions":["sara"],"reactions":{},
        "attachments":[{"url":"/uploads/f.png","name":"a \"b\".png","type":"image/png","bytes":12}],"client_id":"c-9",
        "moderation":{"action":"allow","severity":"none","score":0,"reasons":[]}})"));
    // As it is read back from disk it is the same.
    CHECK(message_json(**world->messages.find(*sara, posted->id), world->accounts) == json);

    REQUIRE(world->accounts.remove(sara->id));
    auto const later = message_json(**world->messages.find(*world.user("omar"), posted->id), world->accounts);
    CHECK(later["sender"]["display_name"] == "Deleted account");
    CHECK(later["sender"]["username"] == "deleted");
}

TEST_CASE("many threads post in order and without gaps") {
    World world;
    std::vector<UserPtr> users;
    for (int i = 0; i < 4; ++i) users.push_back(world.user("user" + std::to_string(i)));
    auto const lobby = world->rooms.lobby()->id;
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
                world->rooms.mark_read(*user, *world->rooms.lobby(), 1);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    world.store.settle();
    CHECK(seqs.size() == 400);
    CHECK(*seqs.rbegin() == 400);
    CHECK(world->rooms.last_seq(lobby) == 400);
}
