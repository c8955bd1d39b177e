#include "chat/change_budget.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "base/manual_clock.hpp"

using namespace soyuz;
using namespace std::chrono_literals;
using chat::ChangeBudget;

TEST_CASE("a person makes a hundred changes at once and ten a second in the long run; others are not concerned") {
    base::ManualClock clock;
    ChangeBudget budget(clock);
    base::UserId const sara{"sara"};
    for (int i = 0; i < 100; ++i) CHECK_FALSE(budget.take(sara));
    auto const error = budget.take(sara);
    REQUIRE(error);
    CHECK(error->code == base::Code::rate_limited);
    CHECK(error->retry_after > 0ms);
    CHECK(error->retry_after < 200ms);
    CHECK_FALSE(budget.take(base::UserId{"omar"}));

    int made = 0;
    for (int second = 0; second < 10; ++second) {
        clock.advance(1s);
        for (int i = 0; i < 50; ++i) made += !budget.take(sara);
    }
    CHECK(made == 100);
}

TEST_CASE("who has changed nothing for a while is forgotten") {
    base::ManualClock clock;
    ChangeBudget budget(clock);
    for (int i = 0; i < 5000; ++i) {
        clock.advance(1s);
        budget.take(base::UserId{"user" + std::to_string(i)});
    }
    CHECK(budget.size() <= 1000);
}
