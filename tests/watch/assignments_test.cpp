#include "watch/world.hpp"

using namespace soyuz;
using namespace soyuz::watch::testing;
using base::Code;

TEST_CASE("a new stream goes to the online agent with the fewest, else to the least loaded of all") {
    World world;
    auto const busy = world.agent("busy"), idle = world.agent("idle"), away = world.agent("away");
    world.online.users = {busy->id, idle->id};
    auto const agent_of = [&](std::string const& stream) {
        auto const agents = world.watch.assignments.agents_of(stream);
        REQUIRE(agents.size() == 1);
        return *agents.begin();
    };
    auto const first = world.stream("one");
    CHECK(agent_of(first->id) == busy->id);
    CHECK(agent_of(world.stream("two")->id) == idle->id);
    REQUIRE(world.watch.assign(world.keeper(), {first->id, idle->id, "", watch::Priority::normal}));
    CHECK(agent_of(world.stream("three")->id) == busy->id);
    world.online.users.clear();
    CHECK(agent_of(world.stream("four")->id) == away->id);
}

TEST_CASE("an agent sees the streams that are assigned to them, and nothing else") {
    World world;
    auto const agent = world.agent("omar"), other = world.agent("sara");
    auto const member = world.user("visitor"), moderator = world.user("mod", chat::Role::moderator);
    world.online.users = {agent->id};
    auto const own = world.stream("own");
    world.online.users = {other->id};
    auto const foreign = world.stream("foreign");
    CHECK(world.watch.may_see(*agent, own->id));
    CHECK_FALSE(world.watch.may_see(*agent, foreign->id));
    CHECK(world.watch.visible_to(*agent).size() == 1);
    CHECK(world.watch.visible_to(*moderator).size() == 2);
    CHECK(world.watch.visible_to(*member).empty());
    auto const assignment = world.watch.assignments.list(own->id, agent->id, false).front();
    REQUIRE(world.watch.unassign(world.keeper(), assignment->id));
    CHECK_FALSE(world.watch.may_see(*agent, own->id));
    CHECK(world.watch.unassign(world.keeper(), assignment->id).error().code == Code::conflict);
    CHECK(world.watch.assignments.list(own->id, {}, true).size() == 1);
}

TEST_CASE("only agents are assigned, each once, and whoever is an agent no longer looks after nothing") {
    World world;
    auto const agent = world.agent("omar");
    auto const stream = world.stream();
    CHECK_FALSE(world.watch.assign(world.keeper(), {stream->id, agent->id, "again", watch::Priority::high})->is_new);
    auto const member = world.user("visitor");
    CHECK(world.watch.assign(world.keeper(), {stream->id, member->id, "", {}}).error().code == Code::invalid_value);
    CHECK(world.watch.assign(world.keeper(), {"none", agent->id, "", {}}).error().code == Code::not_found);
    REQUIRE(world.accounts.set_role(agent->id, chat::Role::member));
    CHECK(world.watch.assignments.agents_of(stream->id).empty());
    CHECK(world.watch.visible_to(*world.accounts.find(agent->id)).empty());
}

TEST_CASE("an agent's figures are the medians of their times, and the share that was upheld") {
    using namespace std::chrono_literals;
    World world;
    auto const agent = world.agent("omar");
    auto const stream = world.stream();
    REQUIRE(world.watch.watchlist.add_keyword(world.keeper().id, "knife"));
    int upheld = 2;
    for (auto const wait : {10s, 20s, 60s}) {
        world.clock.advance(10min);
        auto const found = world.look_at(stream->id, "ali", "a knife");
        REQUIRE(found);
        world.clock.advance(wait);
        REQUIRE(world.watch.acknowledge(*agent, found->detection->id));
        world.decide(found->detection->case_id,
                     upheld-- > 0 ? moderation::Decision::remove : moderation::Decision::not_a_violation);
    }
    auto const figures = world.watch.detections.figures_of(agent->id);
    CHECK(figures.acknowledged == 3);
    CHECK(figures.to_acknowledge == 20s);
    CHECK(figures.to_decide == 20s);
    CHECK(figures.decided == 3);
    CHECK(figures.upheld == 2);
}
