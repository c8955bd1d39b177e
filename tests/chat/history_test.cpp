#include <limits>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/messages/messages.hpp"
#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

namespace {

std::vector<base::Seq> seqs_of(History::Page const& page) {
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
        auto const page = kind == 'b'   ? messages.history.before(*sara, lobby, seq, limit)
                          : kind == 'a' ? messages.history.after(*sara, lobby, seq, limit)
                                        : messages.history.around(*sara, lobby, seq, limit);
        REQUIRE(page);
        CHECK(seqs_of(*page) == seqs);
        CHECK(page->has_more == has_more);
    }
}

TEST_CASE("private rooms are unknown to those outside, in every way") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const moderator = world.user("moderator", Role::moderator);
    auto const secret = *world->rooms.create(*sara, {"secret", "", "", Room::Kind::private_, {}});
    auto const id = (*world.post(sara, {secret, "only for us", 0, {}, {}}).result)->id;
    CHECK(code_of(world->messages.history.before(*omar, secret->id, 9, 9)) == "unknown_room");
    CHECK(code_of(world->messages.history.after(*omar, secret->id, 0, 9)) == "unknown_room");
    CHECK(code_of(world->messages.history.around(*omar, secret->id, 1, 9)) == "unknown_room");
    CHECK(code_of(world->messages.history.find(*omar, id)) == "not_found");
    CHECK(code_of(world->messages.search.find(*omar, {"only", secret->id, {}, {}, {}, 50, {}, false, ""})) ==
          "unknown_room");
    CHECK(world->messages.search.find(*omar, {"only", {}, {}, {}, {}, 50, {}, false, ""})->hits.empty());
    CHECK(world->messages.search.find(*sara, {"only", {}, {}, {}, {}, 50, {}, false, ""})->hits.size() == 1);
    CHECK(world.edit(omar, id, "x").error() == "not_found");
    CHECK(world.react(omar, id, "👍", true).error() == "not_found");
    CHECK(world.remove(omar, id).error() == "not_found");
    CHECK(world.react(moderator, id, "👍", true).error() == "not_found");
    CHECK(world.remove(moderator, id).error() == "not_found");
}

TEST_CASE("moderators look into a private room only where a case of others' making names the message") {
    struct Row {
        char const* text;
        std::string reporter;  ///< "" where nobody reported it
        bool may;
    };
    std::vector<Row> const rows{
        {"only for us", "", false},          {"only for us", "omar", true},     {"only for us", "moderator", false},
        {"a flag for the engine", "", true}, {"warn of the engine", "", false},
    };
    for (auto const& row : rows) {
        INFO(row.text << " reported by " << row.reporter);
        World world;
        auto const sara = world.user("sara");
        auto const moderator = world.user("moderator", Role::moderator);
        auto const admin = world.user("admin", Role::admin);
        std::map<std::string, UserPtr> const people{{"omar", world.user("omar")}, {"moderator", moderator}};
        auto const secret = *world->rooms.create(*sara, {"secret", "", "", Room::Kind::private_, {}});
        auto const before = (*world.post(sara, {secret, "before it", 0, {}, {}}).result)->id;
        auto const posted = *world.post(sara, {secret, row.text, 0, {}, {}}).result;
        if (!row.reporter.empty()) world->desk.report(*people.at(row.reporter), posted, nullptr, "harassment", "");
        auto const the_case = world->cases.of_message(posted->id);
        auto const& history = world->messages.history;
        auto const around = [&](UserPtr const& who) {
            return the_case ? history.around_case(*who, *the_case, 5).size() : 0;
        };
        CHECK(code_of(history.find(*moderator, posted->id)) == (row.may ? "" : "not_found"));
        CHECK(code_of(history.find(*moderator, before)) == "not_found");
        CHECK(around(moderator) == (row.may ? 2 : 0));
        // An administrator may look where the moderator reported.
        CHECK(code_of(history.find(*admin, posted->id)) == (the_case ? "" : "not_found"));
        CHECK(code_of(history.find(*people.at("omar"), posted->id)) == "not_found");
        CHECK(world.react(moderator, posted->id, "👍", true).error() == "not_found");
        CHECK(world.edit(moderator, posted->id, "x").error() == "not_found");
        CHECK(world.remove(moderator, posted->id).error() == (row.may ? "" : "not_found"));
        world.store.settle();
        std::vector<std::string> looks;
        for (auto const& line : world.store.log_tail("audit_log", 100)) {
            auto const json = nlohmann::json::parse(line);
            if (json["by"] == "moderator") looks.push_back(json["action"]);
        }
        CHECK(looks == (row.may ? std::vector<std::string>{"private_message_read", "private_messages_read",
                                                           "private_message_removed"}
                                : std::vector<std::string>{}));
    }
}

TEST_CASE("moderators don't open a private room with words of their own") {
    World world;
    auto const sara = world.user("sara");
    auto const moderator = world.user("moderator", Role::moderator);
    auto const secret = *world->rooms.create(*sara, {"secret", "", "", Room::Kind::private_, {}});
    auto const invite = *world->rooms.invites().create(*sara, secret->id, 24h, 1);
    REQUIRE(world->rooms.invites().redeem(*moderator, invite.code));
    auto const own = *world.post(moderator, {secret, "a flag of mine", 0, {}, {}}).result;
    REQUIRE(world->rooms.leave(*moderator, secret->id));
    REQUIRE(world->cases.of_message(own->id));
    CHECK(code_of(world->messages.history.find(*moderator, own->id)) == "not_found");
    CHECK(world->messages.history.around_case(*moderator, *world->cases.of_message(own->id), 5).empty());
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
    auto const texts = [&](Search::Query query) {
        std::vector<std::string> found;
        auto const page = world->messages.search.find(*sara, query);
        for (auto const& hit : page->hits) found.push_back(hit.message->text);
        return found;
    };
    CHECK(texts({"quick", {}, {}, {}, {}, 50, {}, false, ""}) ==
          List{"QUICK answer", "ÜBER quick", "The Quick brown fox"});
    CHECK(texts({"quick", {}, {}, {}, {}, 1, {}, false, ""}) == List{"QUICK answer"});
    CHECK(texts({"fox quick", {}, {}, {}, {}, 50, {}, false, ""}) == List{"The Quick brown fox"});
    CHECK(texts({"über", {}, {}, {}, {}, 50, {}, false, ""}) == List{"ÜBER quick"});
    CHECK(texts({"quick", {}, omar->id, {}, {}, 50, {}, false, ""}) == List{"QUICK answer"});
    auto const start = base::ManualClock::start;
    CHECK(texts({"quick", {}, {}, start + 2min, {}, 50, {}, false, ""}) == List{"The Quick brown fox"});
    CHECK(texts({"quick", {}, {}, {}, start + 2min, 50, {}, false, ""}) == List{"QUICK answer"});
}

TEST_CASE("search finds what people typed on another keyboard") {
    World world;
    auto const sara = world.user("sara");
    for (auto const& [text, query] : std::vector<std::pair<std::string, std::string>>{
             {"cafe\u0301 menu", "café"},
             {"İstanbul gezisi", "istanbul"},
             {"資料 と 会議", "会議\u3000資料"},
             {"zero\u200bwidth", "zerowidth"},
             {"in\u00advisible", "invisible"},
             {"plain words", "ｗｏｒｄｓ\u00a0plain"},
             {"line\nend", "end\u2028line"},
         }) {
        INFO(text);
        world.clock.advance(1min);
        REQUIRE(world.post(sara, text).result);
        auto const page = world->messages.search.find(*sara, {query, {}, {}, {}, {}, 50, {}, false, ""});
        REQUIRE(page->hits.size() == 1);
        CHECK(page->hits.front().message->text == text);
    }
}
