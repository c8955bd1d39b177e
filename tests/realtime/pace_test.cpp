#include "realtime/pace.hpp"

#include <thread>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using soyuz::realtime::Pace;

TEST_CASE("who posts waits while a loop is too far behind, and goes on once it has caught up") {
    Pace pace(2, 100);
    auto first = pace.post(0, 60);
    auto second = pace.post(1, 100);
    CHECK(pace.wait(0ms));
    auto third = pace.post(0, 60);
    CHECK_FALSE(pace.wait(0ms));
    auto copy = first;
    first.reset();
    CHECK_FALSE(pace.wait(0ms));
    std::thread loop([&] { copy.reset(); });
    CHECK(pace.wait(1min));
    loop.join();
    // Work that a stopped loop drops counts as arrived.
    { auto const dropped = pace.post(1, 1000); }
    CHECK(pace.wait(0ms));
}
