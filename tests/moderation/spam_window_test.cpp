#include "moderation/conduct/spam_window.hpp"

#include <deque>
#include <map>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

#include "base/manual_clock.hpp"

using namespace soyuz;
using namespace soyuz::moderation;
using namespace std::chrono_literals;
using Outcome = SpamWindow::Attempt::Outcome;

namespace {

/// The rules as one would explain them: every attempt is kept for ever and counted anew each time.
class NaiveWindow {
public:
    Outcome admit(SpamRules const& rules, std::string const& user, std::string const& text,
                  std::chrono::milliseconds now) {
        auto& attempts = attempts_[user];
        unsigned weight = 1;
        unsigned counted = 0;
        for (std::size_t at = 0; at < attempts.size(); ++at) {
            auto const& attempt = attempts[at];
            if (attempt.at <= now - rules.span) continue;
            counted += attempt.weight;
            // A text is a repetition of one among as many attempts as the window may hold.
            bool const is_recent = at + rules.limit >= attempts.size();
            if (is_recent && !text.empty() && attempt.text == text) weight = rules.repeat_weight;
        }
        auto outcome = Outcome::admitted;
        auto const newest = admitted_.find(user);
        if (counted + weight > rules.limit) {
            outcome = Outcome::flood;
        } else if (newest != admitted_.end() && now - newest->second < rules.min_gap) {
            outcome = Outcome::too_soon;
        } else {
            admitted_[user] = now;
        }
        attempts.push_back({now, text, weight});
        return outcome;
    }

private:
    struct Attempt {
        std::chrono::milliseconds at;
        std::string text;
        unsigned weight;
    };
    std::map<std::string, std::vector<Attempt>> attempts_;
    std::map<std::string, std::chrono::milliseconds> admitted_;
};

}  // namespace

TEST_CASE("the spam window counts attempts over the last ten seconds, refused ones too") {
    base::ManualClock clock;
    SpamWindow window{clock};
    SpamRules rules;
    rules.limit = 3;
    for (auto [at, admitted] :
         {std::pair{0s, true}, {1s, true}, {2s, true}, {3s, false}, {4s, false}, {11s, false}, {15s, true}}) {
        clock.set(at);
        INFO("at " << at.count() << " s");
        CHECK((window.admit(rules, base::UserId{"sara"}, "", "").outcome == Outcome::admitted) == admitted);
    }
}

TEST_CASE("the sliding window agrees with a naive one on random attempts") {
    std::mt19937 random{20'261'121};
    auto const up_to = [&](unsigned most) { return std::uniform_int_distribution<unsigned>{0, most}(random); };
    std::map<Outcome, int> seen;
    for (int round = 0; round < 200; ++round) {
        base::ManualClock clock;
        SpamWindow window{clock};
        NaiveWindow naive;
        SpamRules rules;
        rules.limit = 1 + up_to(9);
        rules.span = std::chrono::milliseconds{1 + up_to(5000)};
        rules.min_gap = std::chrono::milliseconds{up_to(2) == 0 ? up_to(1000) : 0};
        rules.repeat_weight = 1 + up_to(3);
        rules.address_limit = 0;
        std::chrono::milliseconds now{0};
        for (int step = 0; step < 300; ++step) {
            // Often the very edges of windows and gaps.
            auto const kind = up_to(9);
            now += kind == 0   ? rules.span
                   : kind == 1 ? rules.min_gap
                   : kind < 4  ? std::chrono::milliseconds{0}
                               : std::chrono::milliseconds{up_to(static_cast<unsigned>(rules.span.count()) / 3)};
            clock.set(now);
            std::string const user = up_to(3) == 0 ? "omar" : "sara";
            std::string const text = up_to(4) == 0 ? "" : std::to_string(up_to(20));
            auto const outcome = window.admit(rules, base::UserId{user}, "", text).outcome;
            INFO("round " << round << " step " << step << " at " << now.count());
            REQUIRE(outcome == naive.admit(rules, user, text, now));
            ++seen[outcome];
        }
    }
    CHECK(seen[Outcome::admitted] > 1000);
    CHECK(seen[Outcome::flood] > 1000);
    CHECK(seen[Outcome::too_soon] > 100);
}

TEST_CASE("the same text again counts double") {
    base::ManualClock clock;
    SpamWindow window{clock};
    SpamRules const rules;
    base::UserId const sara{"sara"};
    CHECK(window.admit(rules, sara, "", "buy").counted == 1);
    CHECK(window.admit(rules, sara, "", "buy").counted == 3);
    CHECK(window.admit(rules, sara, "", "other").counted == 4);
    CHECK(window.admit(rules, sara, "", "buy").counted == 6);
    CHECK(window.admit(rules, sara, "", "").counted == 7);
    CHECK(window.admit(rules, sara, "", "").counted == 8);
    CHECK(window.admit(rules, sara, "", "buy").outcome == Outcome::flood);
    CHECK(window.admit(rules, base::UserId{"omar"}, "", "buy").outcome == Outcome::admitted);
}

TEST_CASE("the strict preset refuses what comes too soon, and says how long to wait") {
    base::ManualClock clock;
    SpamWindow window{clock};
    auto const rules = *SpamRules::of_preset("strict");
    base::UserId const sara{"sara"};
    CHECK(window.admit(rules, sara, "", "a").outcome == Outcome::admitted);
    clock.advance(1500ms);
    auto const soon = window.admit(rules, sara, "", "b");
    CHECK(soon.outcome == Outcome::too_soon);
    CHECK(soon.retry_after == 500ms);
    clock.advance(500ms);
    CHECK(window.admit(rules, sara, "", "c").outcome == Outcome::admitted);
    CHECK(window.admit(rules, sara, "", "d").outcome == Outcome::flood);
    CHECK(window.next_ban(rules, sara) == 20min);
}

TEST_CASE("an address has a generous window of its own; IPv6 counts by network") {
    base::ManualClock clock;
    SpamWindow window{clock};
    SpamRules rules;
    rules.address_limit = 5;
    auto const attempt = [&](int user, std::string_view address) {
        return window.admit(rules, base::UserId{std::to_string(user)}, address, "");
    };
    for (int user = 0; user < 5; ++user) CHECK(attempt(user, "192.0.2.1").outcome == Outcome::admitted);
    auto const refused = attempt(5, "192.0.2.1");
    CHECK(refused.outcome == Outcome::address_flood);
    CHECK(refused.retry_after == 10s);
    CHECK(attempt(5, "::ffff:192.0.2.1").outcome == Outcome::address_flood);
    CHECK(attempt(6, "192.0.2.2").outcome == Outcome::admitted);
    for (int user = 10; user < 15; ++user)
        CHECK(attempt(user, "2001:db8::" + std::to_string(user)).outcome == Outcome::admitted);
    CHECK(attempt(15, "2001:db8:0:0:ffff::1").outcome == Outcome::address_flood);
    CHECK(attempt(16, "2001:db8:0:1::1").outcome == Outcome::admitted);
    clock.advance(10s);
    CHECK(attempt(5, "192.0.2.1").outcome == Outcome::admitted);
}

TEST_CASE("bans grow with each within memory, and are remembered from before a restart") {
    base::ManualClock clock;
    SpamRules const rules;
    base::UserId const sara{"sara"};
    SpamWindow window{clock};
    for (auto length : {60s, 300s, 3600s, 3600s}) {
        CHECK(window.next_ban(rules, sara) == length);
        clock.advance(1h);
    }
    clock.advance(21h);
    // Of the four, the ones 24 hours ago or longer don't count any more.
    CHECK(window.next_ban(rules, sara) == 3600s);
    clock.advance(25h);
    CHECK(window.next_ban(rules, sara) == 60s);

    SpamWindow later{clock};
    later.remember_ban(sara, clock.now() - 2h);
    later.remember_ban(sara, clock.now() - 30h);
    CHECK(later.next_ban(rules, sara) == 300s);
    later.forget(sara);
    CHECK(later.next_ban(rules, sara) == 60s);
}

TEST_CASE("who is let write again starts with an empty window") {
    base::ManualClock clock;
    SpamWindow window{clock};
    SpamRules const rules;
    base::UserId const sara{"sara"};
    auto const flood = [&] {
        int taken = 0;
        while (taken < 100 && window.admit(rules, sara, "", std::to_string(taken)).outcome == Outcome::admitted)
            ++taken;
        return taken;
    };
    auto const first = flood();
    CHECK(first < 100);
    CHECK(flood() == 0);
    window.forget(sara);
    CHECK(flood() == first);
}

TEST_CASE("memory is bounded: empty windows are forgotten, and strangers can't fill it") {
    base::ManualClock clock;
    SpamWindow window{clock, 1600};
    SpamRules const rules;
    for (int user = 0; user < 20'000; ++user)
        window.admit(rules, base::UserId{"user" + std::to_string(user)}, "10." + std::to_string(user), "x");
    CHECK(window.tracked() <= 1600);
    CHECK(window.tracked() > 800);
    clock.advance(10s);
    CHECK(window.tracked() == 0);
    for (int i = 0; i < 100'000; ++i) window.admit(rules, base::UserId{"sara"}, "", "");
    CHECK(window.tracked() == 1);
}

TEST_CASE("many threads are counted exactly") {
    base::ManualClock clock;
    SpamWindow window{clock};
    SpamRules rules;
    rules.limit = 500;
    rules.address_limit = 0;
    std::atomic<int> admitted = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int i = 0; i < 250; ++i)
                admitted += window.admit(rules, base::UserId{"sara"}, "192.0.2.1", "").outcome == Outcome::admitted;
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(admitted == 500);
}
