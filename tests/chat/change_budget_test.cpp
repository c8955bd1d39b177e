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

TEST_CASE("of lasting changes there are ten of each kind in ten minutes, sixty for moderators") {
    using Lasting = ChangeBudget::Lasting;
    base::ManualClock clock;
    ChangeBudget budget(clock);
    auto const person = [](std::string const& name, chat::Role role) {
        chat::User user;
        user.id = base::UserId{name};
        user.role = role;
        return user;
    };
    for (auto const& [user, most] :
         {std::pair{person("sara", chat::Role::member), 10}, {person("teacher", chat::Role::moderator), 60}}) {
        for (auto const kind : {Lasting::profile, Lasting::rooms}) {
            INFO(user.id.value);
            int made = 0;
            for (int i = 0; i < 100; ++i) made += !budget.take_lasting(user, kind);
            CHECK(made == most);
            auto const error = budget.take_lasting(user, kind);
            REQUIRE(error);
            CHECK(error->code == base::Code::rate_limited);
            CHECK(error->retry_after == 10min);
        }
        // Small ones go on.
        CHECK_FALSE(budget.take(user.id));
    }
    clock.advance(10min);
    CHECK_FALSE(budget.take_lasting(person("sara", chat::Role::member), Lasting::rooms));
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
