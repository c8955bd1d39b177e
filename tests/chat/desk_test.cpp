#include "chat/desk/desk.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/world.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/conduct/standing.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;
using moderation::Decision;

namespace {

struct Row {
    char const* text;
    Decision action;
    std::string state;  ///< of the room's newest message
};

std::string newest(World& world, UserPtr const& reader) {
    auto const lobby = world->rooms.lobby()->id;
    auto const last = world->rooms.last_seq(lobby);
    if (last == 0) return "none";
    auto const message = world->messages.history.find(*reader, {lobby, last});
    if ((*message)->deleted) return "deleted";
    return (*message)->text + ' ' + std::string{judge::name((*message)->verdict.action)} +
           ((*message)->written_at ? " held" : "");
}

}  // namespace

TEST_CASE("what each decision does to a message, and that undoing takes it back") {
    std::vector<Row> const rows{
        {"a flag", Decision::approve, "a flag allow"},
        {"a flag", Decision::remove, "deleted"},
        {"a flag", Decision::warn, "a flag flag"},
        {"a flag", Decision::not_a_violation, "a flag allow"},
        {"a block", Decision::approve, "a block allow held"},
        {"a block", Decision::remove, "none"},
        {"a block", Decision::not_a_violation, "a block allow held"},
    };
    for (auto const& row : rows) {
        INFO(row.text << ' ' << moderation::name(row.action));
        World world;
        auto const sara = world.user("sara");
        auto const owner = world.user("owner", Role::owner);
        auto const posted = world.post(sara, row.text);
        auto const id = posted.verdict.case_id;
        auto const before = newest(world, sara);
        auto const decided = world->desk.decide(owner, id, {row.action, {}, {}, "a note"});
        REQUIRE(decided);
        CHECK(newest(world, sara) == row.state);
        CHECK(code_of(world->desk.decide(owner, id, {row.action, {}, {}, ""})) == "already_decided");
        bool const is_cleared = row.action == Decision::not_a_violation || row.action == Decision::approve;
        CHECK(world->standing.of(sara->id).counted == (is_cleared ? 0 : 1));
        world.restart();
        REQUIRE(world->desk.undo(owner, id));
        CHECK(newest(world, sara) == (before == "none" && row.state != "none" ? "deleted" : before));
        CHECK(world->standing.of(sara->id).counted == 1);
        auto const again = world.post(sara, row.text);
        CHECK(again.verdict.action != judge::Action::allow);
    }
}

TEST_CASE("a cleared text passes from then on, whoever writes it") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const owner = world.user("owner", Role::owner);
    auto const id = world.post(sara, "a flag").verdict.case_id;
    REQUIRE(world->desk.decide(owner, id, {Decision::not_a_violation, {}, {}, ""}));
    world.restart();
    CHECK(world.post(omar, "A  FLAG ").verdict.action == judge::Action::allow);
    CHECK(world.post(omar, "another flag").verdict.action == judge::Action::flag);
}

TEST_CASE("the fourth violation within a day is a block, the fifth takes the right to chat") {
    World world;
    auto const sara = world.user("sara");
    auto const owner = world.user("owner", Role::owner);
    std::vector<std::string> ids;
    for (int i = 1; i <= 5; ++i) {
        auto const posted = world.post(sara, "flag " + std::to_string(i));
        CHECK(posted.error() == (i <= 3 ? "" : "message_blocked"));
        CHECK(posted.verdict.reasons.back() == (i <= 3 ? "profanity" : "repeat_offender"));
        ids.push_back(posted.verdict.case_id);
    }
    auto const refused = world.post(sara, "hello");
    CHECK(refused.error() == "muted");
    CHECK(refused.result.error().automatic);
    world.restart();
    CHECK(world.post(sara, "hello").error() == "muted");

    SECTION("a moderator's timed mute doesn't cut it short") {
        REQUIRE(world->desk.decide(owner, ids[0], {Decision::mute, 5, {}, ""}));
        CHECK(*world->sanctions.mute_of(sara->id)->until == world.clock.now() + 24h);
    }
    SECTION("it comes back by itself after a day, and what was counted has gone by then") {
        world.clock.advance(23h);
        CHECK(world.post(sara, "hello").error() == "muted");
        world.clock.advance(1h + 1s);
        CHECK(world.post(sara, "hello").error().empty());
        CHECK(world.post(sara, "flag").error().empty());
        CHECK(world.post(sara, "hello").error().empty());
    }
    SECTION("a violation that is taken back gives the right back") {
        REQUIRE(world->desk.decide(owner, ids[4], {Decision::not_a_violation, {}, {}, ""}));
        CHECK(world.post(sara, "hello").error().empty());
        CHECK(world.post(sara, "flag again").error() == "message_blocked");
        CHECK(world.post(sara, "hello").error() == "muted");
    }
    SECTION("so does a moderator, and counting begins anew") {
        REQUIRE(world->sanctions.lift(sara->id, moderation::Sanction::Kind::mute));
        world->screening.forgive(sara->id);
        world.clock.advance(25h);
        world.restart();
        for (int i = 0; i < 3; ++i) CHECK(world.post(sara, "flag").error().empty());
        CHECK(world.post(sara, "hello").error().empty());
    }
}

TEST_CASE("staff are judged alike, but never muted by themselves") {
    World world;
    auto const helper = world.user("helper", Role::moderator);
    for (int i = 0; i < 8; ++i) world.post(helper, "flag " + std::to_string(i));
    CHECK(world.post(helper, "hello").error().empty());
    CHECK(world->standing.of(helper->id).counted == 8);
}

TEST_CASE("who may claim, release, decide and undo a case about whom") {
    struct Row {
        Role author, actor;
        char const* refusal;
    };
    std::vector<Row> const rows{
        {Role::guest, Role::moderator, ""},      {Role::member, Role::moderator, ""},
        {Role::member, Role::admin, ""},         {Role::moderator, Role::moderator, "forbidden"},
        {Role::moderator, Role::admin, ""},      {Role::admin, Role::moderator, "forbidden"},
        {Role::admin, Role::admin, "forbidden"}, {Role::admin, Role::owner, ""},
        {Role::owner, Role::admin, "forbidden"}, {Role::owner, Role::owner, ""},
    };
    World world;
    int count = 0;
    for (auto const& row : rows) {
        INFO(name(row.actor) << " about " << name(row.author));
        auto const author = world.user("author" + std::to_string(++count), row.author);
        auto const actor = world.user("actor" + std::to_string(count), row.actor);
        auto const id = world.post(author, "flag " + std::to_string(count)).verdict.case_id;
        auto& desk = world->desk;
        Desk::DecisionRequest const warn{Decision::warn, {}, {}, ""};
        CHECK(code_of(desk.claim(*actor, id)) == row.refusal);
        CHECK(code_of(desk.release(*actor, id)) == row.refusal);
        CHECK(code_of(desk.decide(actor, id, warn)) == row.refusal);
        CHECK(code_of(desk.undo(actor, id)) == row.refusal);
        // Nobody handles a case about themselves, not even the owner.
        for (auto const& outcome :
             {desk.claim(*author, id), desk.release(*author, id), desk.decide(author, id, warn), desk.undo(author, id)})
            CHECK(code_of(outcome) == "forbidden");
    }
}

TEST_CASE("who may take over a claim, and who may undo whose decision") {
    struct Row {
        Role first, second;
        bool may;
    };
    std::vector<Row> const rows{
        {Role::moderator, Role::moderator, false}, {Role::moderator, Role::admin, true},
        {Role::moderator, Role::owner, true},      {Role::admin, Role::moderator, false},
        {Role::admin, Role::admin, false},         {Role::admin, Role::owner, true},
        {Role::owner, Role::moderator, false},     {Role::owner, Role::admin, false},
    };
    for (auto const& row : rows) {
        INFO(name(row.first) << " before " << name(row.second));
        World world;
        auto const sara = world.user("sara");
        auto const first = world.user("first", row.first);
        auto const second = world.user("second", row.second);
        auto const id = world.post(sara, "a flag").verdict.case_id;
        auto& desk = world->desk;
        REQUIRE(desk.claim(*first, id));
        CHECK(code_of(desk.release(*second, id)) == (row.may ? "" : "claimed"));
        REQUIRE(desk.claim(*first, id));
        CHECK(code_of(desk.claim(*second, id)) == (row.may ? "" : "claimed"));
        CHECK(world->cases.claim_of(id)->by == (row.may ? second->id : first->id));
        if (row.may) REQUIRE(desk.release(*second, id));
        REQUIRE(desk.claim(*first, id));
        CHECK(code_of(desk.decide(second, id, {Decision::warn, {}, {}, ""})) == (row.may ? "" : "claimed"));
        if (row.may) REQUIRE(desk.undo(second, id));
        world.clock.advance(2min);
        REQUIRE(desk.decide(first, id, {Decision::remove, {}, {}, ""}));
        CHECK(code_of(desk.undo(second, id)) == (row.may ? "" : "forbidden"));
        if (!row.may) CHECK(code_of(desk.undo(first, id)) == "");
    }
}

TEST_CASE("nobody is punished where somebody may need help") {
    struct Row {
        Decision action;
        bool fits;
    };
    std::vector<Row> const rows{{Decision::warn, false},   {Decision::mute, false},  {Decision::ban, false},
                                {Decision::approve, true}, {Decision::remove, true}, {Decision::not_a_violation, true}};
    for (auto const& row : rows) {
        INFO(moderation::name(row.action));
        World world;
        auto const sara = world.user("sara");
        auto const omar = world.user("omar");
        auto const owner = world.user("owner", Role::owner);
        auto const cry = world.post(sara, "a cry");
        auto const feared =
            world->desk.report(*omar, *world.post(sara, "goodbye all").result, nullptr, "self_harm", "");
        auto const rude = world->desk.report(*omar, *world.post(sara, "go away").result, nullptr, "harassment", "");
        for (auto const& [id, is_for_help] : {std::pair{world->cases.of_message((*cry.result)->id)->id, true},
                                              {feared.the_case->id, true},
                                              {rude.the_case->id, false}}) {
            auto const decided = world->desk.decide(owner, id, {row.action, 5, {}, ""});
            CHECK(code_of(decided) == (row.fits || !is_for_help ? "" : "invalid_value"));
        }
        // The next who writes it is heard.
        CHECK(world.post(omar, "a cry").verdict.reasons == std::vector<std::string>{"self_harm"});
    }
}

TEST_CASE("a sanction without a note says in words what it is for") {
    World world;
    auto const sara = world.user("sara");
    auto const owner = world.user("owner", Role::owner);
    auto const id = world.post(sara, "a block").verdict.case_id;
    REQUIRE(world->desk.decide(owner, id, {Decision::mute, 5, {}, ""}));
    CHECK(world->sanctions.mute_of(sara->id)->reason == "Insult or harassment.");
}

TEST_CASE("an edit that is blocked leaves the message, and is made once it is granted") {
    World world;
    auto const sara = world.user("sara");
    auto const owner = world.user("owner", Role::owner);
    auto const id = (*world.post(sara, "fine").result)->id;
    auto const refused = world.edit(sara, id, "a block");
    CHECK(refused.error() == "message_blocked");
    CHECK(newest(world, sara) == "fine allow");
    REQUIRE(world->desk.appeal(*sara, refused.verdict.case_id, "please"));
    REQUIRE(world->desk.decide(owner, refused.verdict.case_id, {Decision::grant, {}, {}, ""}));
    CHECK(newest(world, sara) == "a block allow");
}

TEST_CASE("what its author deleted stays deleted, and the case says that it is stale") {
    World world;
    auto const sara = world.user("sara");
    auto const owner = world.user("owner", Role::owner);
    auto const posted = world.post(sara, "a flag");
    world.remove(sara, (*posted.result)->id);
    CHECK(world->cases.find(posted.verdict.case_id)->stale);
    REQUIRE(world->desk.decide(owner, posted.verdict.case_id, {Decision::approve, {}, {}, ""}));
    CHECK(newest(world, sara) == "deleted");
}

TEST_CASE("reports join the case of their message and end with it") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const owner = world.user("owner", Role::owner);
    auto const message = *world.post(sara, "a flag").result;
    auto const first = world->desk.report(*omar, message, nullptr, "rude", "");
    CHECK(first.the_case->id == message->verdict.case_id);
    CHECK(world->desk.report(*omar, message, nullptr, "rude", "").report.id == first.report.id);
    CHECK(world->desk.report(*owner, message, nullptr, "rude", "").the_case->reports.size() == 2);
    auto const person = world->desk.report(*omar, nullptr, sara, "pesters me", "");
    CHECK(person.the_case->id != first.the_case->id);
    CHECK(person.the_case->author == sara->id);
}
