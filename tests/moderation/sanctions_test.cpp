#include "moderation/conduct/sanctions.hpp"

#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/manual_clock.hpp"
#include "support/committing_store.hpp"

using namespace soyuz;
using namespace soyuz::moderation;
using namespace std::chrono_literals;
using tests::CommittingStore;
using Kind = Sanction::Kind;

namespace {

std::size_t documents(CommittingStore& store, std::string const& collection) {
    store.settle();
    std::size_t count = 0;
    store.each_document(collection, [&](auto const&, auto const&) { ++count; });
    return count;
}

}  // namespace

TEST_CASE("bans and mutes end on time, survive a restart, and say until when and why") {
    CommittingStore store;
    base::ManualClock clock;
    base::UserId const sara{"sara"};
    base::UserId const omar{"omar"};
    {
        std::vector<std::string> imposed;
        Sanctions sanctions{
            store, clock, {[&](Sanction const& sanction) { imposed.push_back(sanction.user.value); }, {}}};
        sanctions.impose({Kind::ban, sara, clock.now() + 1min, "flooding", "", {}}, R"({"user":"sara"})");
        sanctions.impose({Kind::ban, omar, std::nullopt, "threats", "teacher", {}});
        sanctions.impose({Kind::mute, omar, clock.now() + 2min, "noise", "teacher", {}});
        CHECK(imposed == std::vector<std::string>{"sara", "omar", "omar"});
        CHECK(sanctions.all().size() == 3);
        store.settle();
    }
    CHECK(store.log_tail("spam_log", 10) == std::vector<std::string>{R"({"user":"sara"})"});
    Sanctions sanctions{store, clock};
    auto const ban = sanctions.ban_of(sara);
    REQUIRE(ban);
    CHECK(ban->until == clock.now() + 1min);
    CHECK(ban->reason == "flooding");
    CHECK(ban->since == clock.now());
    CHECK(sanctions.ban_of(omar)->by == "teacher");
    CHECK_FALSE(sanctions.mute_of(sara));
    clock.advance(1min - 1ms);
    CHECK(sanctions.ban_of(sara));
    clock.advance(1ms);
    CHECK_FALSE(sanctions.ban_of(sara));
    CHECK(sanctions.mute_of(omar));
    clock.advance(10min);
    CHECK_FALSE(sanctions.mute_of(omar));
    CHECK(sanctions.ban_of(omar));
    CHECK(sanctions.all().size() == 1);

    CHECK(documents(store, "temp_bans") == 1);
    sanctions.sweep();
    CHECK(documents(store, "temp_bans") == 0);
    CHECK(documents(store, "mutes") == 0);
    CHECK(documents(store, "perma_banned") == 1);
}

TEST_CASE("a mute that nobody decided ends by itself after a day, whatever was asked for or stands on disk") {
    CommittingStore store;
    base::ManualClock clock;
    base::UserId const sara{"sara"}, omar{"omar"}, hina{"hina"};
    store::Batch batch;
    batch.push_back(
        store::Put{"mutes", hina.value, R"({"reason":"","by":"","since":")" + base::to_rfc3339(clock.now()) + R"("})"});
    store.commit(std::move(batch), [](auto const&) {});
    store.settle();
    Sanctions sanctions{store, clock};
    sanctions.impose({Kind::mute, sara, std::nullopt, "too much", "", {}});
    sanctions.impose({Kind::mute, omar, std::nullopt, "too much", "teacher", {}});
    REQUIRE(sanctions.mute_of(sara));
    CHECK(sanctions.mute_of(sara)->until == clock.now() + 24h);
    CHECK(sanctions.mute_of(hina));
    clock.advance(24h);
    CHECK_FALSE(sanctions.mute_of(sara));
    CHECK_FALSE(sanctions.mute_of(hina));
    CHECK(sanctions.mute_of(omar));
}

TEST_CASE("a ban is in force before it is on disk") {
    CommittingStore store;
    base::ManualClock clock;
    Sanctions sanctions{store, clock};
    store.hold();
    bool is_durable = false;
    sanctions.impose({Kind::ban, base::UserId{"sara"}, {}, "", "teacher", {}}, {}, [&](auto result) {
        REQUIRE(result);
        is_durable = true;
    });
    CHECK(sanctions.ban_of(base::UserId{"sara"}));
    CHECK_FALSE(is_durable);
    store.release();
    store.settle();
    CHECK(is_durable);
}

TEST_CASE("what happens by itself doesn't shorten what a moderator decided") {
    CommittingStore store;
    base::ManualClock clock;
    Sanctions sanctions{store, clock};
    base::UserId const sara{"sara"};
    auto const impose = [&](std::chrono::minutes length, char const* by) {
        sanctions.impose({Kind::ban, sara, clock.now() + length, "", by, {}});
        return std::chrono::duration_cast<std::chrono::minutes>(*sanctions.ban_of(sara)->until - clock.now());
    };
    CHECK(impose(60min, "teacher") == 60min);
    CHECK(impose(1min, "") == 60min);
    CHECK(impose(90min, "") == 60min);
    CHECK(impose(5min, "teacher") == 5min);
    sanctions.impose({Kind::ban, sara, {}, "", "teacher", {}});
    CHECK_FALSE(sanctions.ban_of(sara)->until);
}

TEST_CASE("a ban by people shuts out, an automatic one ends writing alone") {
    struct Case {
        char const* by;
        std::optional<std::chrono::minutes> length;
        bool shuts_out;
    };
    for (auto const& [by, length, shuts_out] :
         {Case{"", 1min, false}, Case{"teacher", 1min, true}, Case{"teacher", {}, true}, Case{"", {}, true}}) {
        INFO(by << (length ? " for a minute" : " for good"));
        CommittingStore store;
        base::ManualClock clock;
        Sanctions sanctions{store, clock};
        base::UserId const sara{"sara"};
        std::optional<base::Timestamp> until;
        if (length) until = clock.now() + *length;
        sanctions.impose({Kind::ban, sara, until, "", by, {}});
        CHECK(sanctions.ban_of(sara));
        CHECK(sanctions.exclusion_of(sara).has_value() == shuts_out);
    }
}

TEST_CASE("lifting takes away permanent and timed ones, and is told") {
    CommittingStore store;
    base::ManualClock clock;
    base::UserId const sara{"sara"};
    int told = 0;
    Sanctions sanctions{store, clock, {{}, [&](auto const&, Kind) { ++told; }}};
    CHECK(sanctions.lift(sara, Kind::ban).error().code == base::Code::not_found);
    sanctions.impose({Kind::ban, sara, {}, "", "teacher", {}});
    sanctions.impose({Kind::ban, sara, clock.now() + 1h, "", "teacher", {}});
    sanctions.impose({Kind::mute, sara, clock.now() + 1h, "", "teacher", {}});

    store.refuse(true);
    CHECK(sanctions.lift(sara, Kind::ban).error().code == base::Code::read_only);
    CHECK(sanctions.ban_of(sara));
    store.refuse(false);
    CHECK(sanctions.lift(sara, Kind::ban));
    CHECK_FALSE(sanctions.ban_of(sara));
    CHECK(sanctions.mute_of(sara));
    CHECK(sanctions.lift(sara, Kind::mute));
    CHECK(told == 2);
    Sanctions later{store, clock};
    CHECK(later.all().empty());
}

TEST_CASE("a ban whose end can't be read is left out, not taken for a permanent one") {
    CommittingStore store;
    base::ManualClock clock;
    store.commit({store::Put{"temp_bans", "sara", R"({"reason":"","until":"soon"})"},
                  store::Put{"temp_bans", "omar", R"({"reason":"x","until":"2099-01-01T00:00:00.000Z"})"}},
                 [](auto const&) {});
    store.settle();
    Sanctions sanctions{store, clock};
    CHECK_FALSE(sanctions.ban_of(base::UserId{"sara"}));
    CHECK(sanctions.ban_of(base::UserId{"omar"}));
}

TEST_CASE("imposing and lifting at the same time leave disk and memory agreed") {
    CommittingStore store;
    base::ManualClock clock;
    base::UserId const sara{"sara"};
    Sanctions sanctions{store, clock};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 100; ++i) {
                if (thread % 2 == 0) {
                    sanctions.impose({Kind::ban, sara, clock.now() + 1h, "", "teacher", {}});
                } else {
                    static_cast<void>(sanctions.lift(sara, Kind::ban).ok());
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK((documents(store, "temp_bans") == 1) == sanctions.ban_of(sara).has_value());
}
