#include "net/loop.hpp"

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

using namespace soyuz::net;
using namespace std::chrono_literals;

TEST_CASE("work runs on its loop's thread, in the order of the thread that posted it") {
    Loops loops(2);
    REQUIRE(loops.size() == 2);
    CHECK(loops.at(1).index() == 1);
    CHECK_FALSE(loops.at(0).is_current_thread());

    constexpr int count = 2000;
    std::vector<int> last(4, -1);
    std::atomic<int> out_of_order{0};
    std::atomic<int> elsewhere{0};
    std::promise<void> done;
    std::atomic<int> left{4 * count};
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (int index = 0; index < count; ++index) {
                loops.at(1).post([&, thread, index] {
                    if (last[thread] != index - 1) ++out_of_order;
                    last[thread] = index;
                    if (!loops.at(1).is_current_thread() || loops.at(0).is_current_thread()) ++elsewhere;
                    if (--left == 0) done.set_value();
                });
            }
        });
    }
    for (auto& thread : threads) thread.join();
    REQUIRE(done.get_future().wait_for(10s) == std::future_status::ready);
    CHECK(out_of_order == 0);
    CHECK(elsewhere == 0);
}

TEST_CASE("posted work runs in a later turn, not within the post") {
    Loops loops(1);
    std::promise<std::vector<int>> result;
    std::vector<int> order;
    loops.at(0).post([&] {
        loops.at(0).post([&] {
            order.push_back(2);
            result.set_value(order);
        });
        order.push_back(1);
    });
    CHECK(result.get_future().get() == std::vector<int>{1, 2});
}

TEST_CASE("work that throws doesn't end its loop") {
    Loops loops(1);
    std::promise<void> done;
    loops.at(0).post([] { throw std::runtime_error("thrown by the test"); });
    loops.at(0).after(0ms, [] { throw 1; });
    loops.at(0).after(1ms, [&] { done.set_value(); });
    CHECK(done.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("timers fire in the order of their moments and are forgotten when the loop stops") {
    std::atomic<bool> forgotten{false};
    std::vector<int> order;
    {
        Loops loops(1);
        std::promise<void> done;
        loops.at(0).after(20ms, [&] {
            order.push_back(2);
            done.set_value();
        });
        loops.at(0).after(1ms, [&] { order.push_back(1); });
        loops.at(0).after(1h, [&] { forgotten = true; });
        REQUIRE(done.get_future().wait_for(10s) == std::future_status::ready);
    }
    CHECK(order == std::vector<int>{1, 2});
    CHECK_FALSE(forgotten);
}

TEST_CASE("stopping first does what was posted before, afterwards nothing runs any more") {
    std::atomic<int> ran{0};
    Loops loops(2);
    for (int index = 0; index < 1000; ++index) loops.at(1).post([&] { ++ran; });
    loops.stop();
    CHECK(ran == 1000);
    loops.at(1).post([&] { ++ran; });
    loops.stop();
    CHECK(ran == 1000);
}

TEST_CASE("no loops at all are refused") { CHECK_THROWS_AS(Loops(0), std::invalid_argument); }
