#include "base/throttle.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "base/manual_clock.hpp"

using namespace std::chrono_literals;
using soyuz::base::ManualClock;
using soyuz::base::Throttle;

TEST_CASE("a throttle counts the tries of a key within the last minute, and not those that it refuses") {
    ManualClock clock;
    Throttle throttle{clock, 1min};
    CHECK_FALSE(throttle.take("sara", 2));
    clock.advance(20s);
    CHECK_FALSE(throttle.wait("sara", 2));
    CHECK_FALSE(throttle.take("sara", 2));
    CHECK(throttle.wait("sara", 2) == 40s);
    CHECK(throttle.take("sara", 2) == 40s);
    CHECK_FALSE(throttle.take("omar", 2));
    clock.advance(40s);
    CHECK_FALSE(throttle.take("sara", 2));
    CHECK(throttle.take("sara", 2) == 20s);
}

TEST_CASE("a try that is given back does not count") {
    ManualClock clock;
    Throttle throttle{clock, 1min};
    for (int i = 0; i < 10; ++i) {
        CHECK_FALSE(throttle.take("sara", 1));
        throttle.give_back("sara");
    }
    throttle.give_back("nobody");
    CHECK_FALSE(throttle.take("sara", 1));
    CHECK(throttle.take("sara", 1) == 1min);
}

TEST_CASE("a throttle remembers so many keys; the least recently used one is forgotten") {
    ManualClock clock;
    Throttle throttle{clock, 1min, 2};
    CHECK_FALSE(throttle.take("sara", 1));
    CHECK_FALSE(throttle.take("omar", 1));
    CHECK(throttle.take("sara", 1));
    CHECK_FALSE(throttle.take("alex", 1));
    CHECK(throttle.take("sara", 1));
    CHECK_FALSE(throttle.take("omar", 1));
}
