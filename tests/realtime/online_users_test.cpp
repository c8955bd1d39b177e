#include "realtime/online_users.hpp"

#include <catch2/catch.hpp>

#include "base/manual_clock.hpp"

using namespace std::chrono_literals;
using soyuz::base::ManualClock;
using soyuz::base::UserId;
using soyuz::realtime::OnlineUsers;
using Users = std::vector<UserId>;

TEST_CASE("a user with several sockets counts once and goes with the last of them") {
    ManualClock clock;
    OnlineUsers online(clock, 4s);
    UserId const sara{"sara"};
    online.socket_opened(sara);
    online.socket_opened(sara);
    CHECK(online.count() == 1);
    CHECK(online.take_changes().came == Users{sara});
    online.socket_closed(sara);
    clock.advance(1min);
    CHECK(online.take_changes().went.empty());
    CHECK(online.is_online(sara));
    online.socket_closed(sara);
    clock.advance(4s);
    CHECK(online.take_changes().went == Users{sara});
    CHECK_FALSE(online.is_online(sara));
    CHECK(online.count() == 0);
}

TEST_CASE("a page that is loaded anew changes nothing for others") {
    ManualClock clock;
    OnlineUsers online(clock, 4s);
    UserId const sara{"sara"};
    online.socket_opened(sara);
    online.take_changes();
    for (int reload = 0; reload < 5; ++reload) {
        online.socket_closed(sara);
        clock.advance(1s);
        auto const between = online.take_changes();
        CHECK(between.went.empty());
        CHECK(online.is_online(sara));
        online.socket_opened(sara);
        auto const after = online.take_changes();
        CHECK(after.came.empty());
        CHECK(after.went.empty());
    }
    // The grace counts from the last time, not from the first.
    online.socket_closed(sara);
    clock.advance(3900ms);
    CHECK(online.take_changes().went.empty());
    clock.advance(100ms);
    CHECK(online.take_changes().went == Users{sara});
}

TEST_CASE("somebody who came and went between two looks is not spoken of") {
    ManualClock clock;
    OnlineUsers online(clock, 0s);
    online.socket_opened(UserId{"brief"});
    online.socket_closed(UserId{"brief"});
    auto const changes = online.take_changes();
    CHECK(changes.came.empty());
    CHECK(changes.went.empty());
    CHECK(online.all().empty());
}
