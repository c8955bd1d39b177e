#include "base/workers.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>

#include <catch2/catch.hpp>
#include <sys/resource.h>

using soyuz::base::Workers;

TEST_CASE("workers refuse what goes over the bound and finish what they took") {
    std::promise<void> started;
    std::promise<void> release;
    auto may_go_on = release.get_future().share();
    std::atomic<int> done{0};
    {
        Workers workers("test", 1, 2);
        REQUIRE(workers.submit([&] {
            started.set_value();
            may_go_on.wait();
            ++done;
        }));
        started.get_future().wait();
        CHECK(workers.submit([&] { ++done; }));
        CHECK(workers.submit([&] { ++done; }));
        CHECK_FALSE(workers.submit([&] { ++done; }));
        release.set_value();
    }
    CHECK(done == 3);
}

TEST_CASE("a worker survives what its work throws") {
    std::promise<void> after;
    Workers workers("test", 1, 2);
    REQUIRE(workers.submit([] { throw std::runtime_error("expected by the test"); }));
    REQUIRE(workers.submit([&] { after.set_value(); }));
    after.get_future().wait();
}

TEST_CASE("workers may give way to other threads") {
    auto const own = getpriority(PRIO_PROCESS, 0);
    std::promise<int> told;
    Workers workers("test", 1, 2, 3);
    REQUIRE(workers.submit([&] { told.set_value(getpriority(PRIO_PROCESS, 0)); }));
    CHECK(told.get_future().get() == std::max(own, 3));
    CHECK(getpriority(PRIO_PROCESS, 0) == own);
}
