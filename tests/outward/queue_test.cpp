#include "outward/queue.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/manual_clock.hpp"
#include "outward/people.hpp"
#include "store/commit_later.hpp"
#include "support/folder.hpp"

using namespace soyuz;
using namespace std::chrono_literals;
using base::Code;
using outward::Letter;
using outward::Urgency;

namespace {

/// Takes letters, or fails as it is told.
class Box final : public outward::Channel {
public:
    std::string_view name() const override { return "box"; }
    base::Result<void> send(Letter const& letter) override {
        ++tries;
        if (fault) return *fault;
        taken.push_back(letter.subject);
        return {};
    }
    std::vector<std::string> taken;
    std::size_t tries = 0;
    std::optional<base::Error> fault;
};

struct World {
    tests::Folder folder;
    base::ManualClock clock;
    std::unique_ptr<store::Store> store = tests::open_store(folder.path / "data", clock);
    outward::People people{*store, clock};
    Box box;
    outward::Queue queue{*store, people, clock, {&box}};

    /// All that was committed before is in the store.
    void settle() { REQUIRE(store::wait_for(store::commit_later(*store, {store::Put{"settled", "now", "{}"}}))); }
};

Letter letter(std::string subject, Urgency urgency = Urgency::normal, std::string kind = "object_detection") {
    Letter made;
    made.channel = "box";
    made.user = base::UserId{"sara"};
    made.kind = std::move(kind);
    made.subject = std::move(subject);
    made.urgency = urgency;
    return made;
}

}  // namespace

TEST_CASE("a letter is tried three times, two seconds apart, and then given up") {
    World world;
    world.box.fault = base::Error{Code::internal, "Nobody answers."};
    REQUIRE(world.queue.add(letter("one")));
    for (unsigned tries = 1; tries <= outward::Queue::most_tries; ++tries) {
        CHECK(world.queue.send_due() == 0);
        CHECK(world.box.tries == tries);
        CHECK(world.queue.send_due() == 0);
        CHECK(world.box.tries == tries);
        world.clock.advance(2s);
    }
    CHECK(world.queue.waiting() == 0);
}

TEST_CASE("whoever can't be reached this way is not tried again") {
    World world;
    world.box.fault = base::Error{Code::not_found, "No address."};
    REQUIRE(world.queue.add(letter("one")));
    world.queue.send_due();
    CHECK(world.box.tries == 1);
    CHECK(world.queue.waiting() == 0);
}

TEST_CASE("what waits is sent after a restart, and what was sent isn't sent again") {
    World world;
    REQUIRE(world.queue.add(letter("one")));
    world.settle();
    {
        Box other;
        outward::Queue again{*world.store, world.people, world.clock, {&other}};
        CHECK(again.send_due() == 1);
        CHECK(other.taken == std::vector<std::string>{"one"});
    }
    world.settle();
    outward::Queue third{*world.store, world.people, world.clock, {&world.box}};
    CHECK(third.waiting() == 0);
}

TEST_CASE("of one kind the next letter comes after the cool-down of its urgency") {
    struct Case {
        Urgency urgency;
        std::chrono::seconds span;
    };
    for (auto const& [urgency, span] :
         {Case{Urgency::low, 30min}, Case{Urgency::normal, 5min}, Case{Urgency::high, 1min}}) {
        INFO(name(urgency));
        World world;
        CHECK(world.queue.add(letter("one", urgency)));
        world.clock.advance(span - 1s);
        CHECK_FALSE(world.queue.add(letter("two", urgency)));
        CHECK(world.queue.add(letter("three", urgency, "audio_detection")));
        world.clock.advance(1s);
        CHECK(world.queue.add(letter("four", urgency)));
    }
    World world;
    CHECK(world.queue.add(letter("one", Urgency::urgent)));
    CHECK(world.queue.add(letter("two", Urgency::urgent)));
}

TEST_CASE("quiet hours hold letters back, urgent ones go first and at once") {
    World world;
    REQUIRE(world.people.change(base::UserId{"sara"}, {{"quiet_from", 22 * 60}, {"quiet_to", 7 * 60}}));
    REQUIRE(world.queue.add(letter("later")));
    REQUIRE(world.queue.add(letter("now", Urgency::urgent)));
    CHECK(world.queue.send_due() == 1);
    CHECK(world.box.taken == std::vector<std::string>{"now"});
    world.clock.advance(9h);
    CHECK(world.queue.send_due() == 1);
}
