#include "realtime/back_pressure.hpp"

#include <thread>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using soyuz::realtime::BackPressure;

TEST_CASE("who posts waits while a loop is too far behind, and goes on once it has caught up") {
    BackPressure pressure(2, 100);
    auto first = pressure.post(0, 60);
    auto second = pressure.post(1, 100);
    CHECK(pressure.wait(0ms));
    auto third = pressure.post(0, 60);
    CHECK_FALSE(pressure.wait(0ms));
    auto copy = first;
    first.reset();
    CHECK_FALSE(pressure.wait(0ms));
    std::thread loop([&] { copy.reset(); });
    CHECK(pressure.wait(1min));
    loop.join();
    // Work that a stopped loop drops counts as arrived.
    { auto const dropped = pressure.post(1, 1000); }
    CHECK(pressure.wait(0ms));
}
