#include "realtime/typing.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/manual_clock.hpp"

using namespace std::chrono_literals;
using soyuz::base::ManualClock;
using soyuz::base::RoomId;
using soyuz::realtime::Typing;

namespace {

std::vector<std::string> words(std::vector<Typing::Change> const& changes) {
    std::vector<std::string> words;
    for (auto const& change : changes) words.push_back((change.on ? "+" : "-") + change.username);
    return words;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a typist is announced once, and once more at the end") {
    ManualClock clock;
    Typing typing(clock);
    RoomId const room{"lobby"};
    CHECK(typing.set(room, "sara", true));
    CHECK(words(typing.take_changes()) == Words{"+sara"});
    CHECK_FALSE(typing.set(room, "sara", true));
    CHECK(typing.take_changes().empty());
    CHECK(typing.set(room, "sara", false));
    CHECK(words(typing.take_changes()) == Words{"-sara"});
    CHECK_FALSE(typing.set(room, "sara", false));
}

TEST_CASE("who starts and stops between two looks is not spoken of") {
    ManualClock clock;
    Typing typing(clock);
    typing.set(RoomId{"lobby"}, "sara", true);
    typing.set(RoomId{"lobby"}, "sara", false);
    CHECK(typing.take_changes().empty());
}

TEST_CASE("a typist who isn't heard of again stops by himself") {
    ManualClock clock;
    Typing typing(clock);
    RoomId const room{"lobby"};
    typing.set(room, "sara", true);
    typing.take_changes();
    clock.advance(Typing::lasts - 1s);
    typing.set(room, "sara", true);
    clock.advance(Typing::lasts - 1ms);
    CHECK(typing.take_changes().empty());
    clock.advance(1ms);
    CHECK(words(typing.take_changes()) == Words{"-sara"});
}

TEST_CASE("a room names only so many typists") {
    ManualClock clock;
    Typing typing(clock);
    for (int i = 0; i < 50; ++i) typing.set(RoomId{"hall"}, "user" + std::to_string(i), true);
    CHECK(typing.take_changes().size() == Typing::per_room);
    CHECK(typing.set(RoomId{"aside"}, "user49", true));
}
