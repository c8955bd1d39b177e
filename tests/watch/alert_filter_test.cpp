#include "watch/alert_filter.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/manual_clock.hpp"

using namespace soyuz;
using namespace std::chrono_literals;
using watch::Alert;
using watch::AlertFilter;
using watch::Finding;

namespace {

Alert line(std::string person, std::string text, std::vector<std::string> keywords = {}) {
    Alert alert;
    alert.stream = "one";
    alert.finding = keywords.empty() ? Finding::sentiment : Finding::keyword;
    alert.person = std::move(person);
    alert.text = std::move(text);
    alert.subjects = std::move(keywords);
    return alert;
}

Alert found(Finding finding, std::vector<std::string> subjects, std::string stream = "one") {
    Alert alert;
    alert.stream = std::move(stream);
    alert.finding = finding;
    alert.subjects = std::move(subjects);
    return alert;
}

}  // namespace

TEST_CASE("what says the same again within its span joins the first, and is new after it") {
    struct Case {
        char const* what;
        Alert first, second;
        std::chrono::seconds span;
    };
    std::vector<Case> const cases{
        {"the same keyword of the same person", line("ali", "buy knives here", {"knives"}),
         line("ali", "who sells some of these knives", {"knives"}), 300s},
        {"similar texts of one person", line("ali", "you are all so stupid"), line("ali", "you are all so stupidd"),
         300s},
        {"a similar text for another reason", line("ali", "you are all so stupid"),
         line("ali", "You are all so stupid!", {"stupid"}), 300s},
        {"the same words in the sound", found(Finding::audio, {"bomb"}), found(Finding::audio, {"bomb", "knife"}), 60s},
        {"the same things in the picture", found(Finding::object, {"knife"}), found(Finding::object, {"knife"}), 30s},
    };
    for (auto const& [what, first, second, span] : cases) {
        INFO(what);
        base::ManualClock clock;
        AlertFilter filter{clock};
        CHECK_FALSE(filter.joins(first, "first"));
        clock.advance(span - 1s);
        CHECK(filter.joins(second, "second") == "first");
        clock.advance(1s);
        CHECK_FALSE(filter.joins(second, "third"));
    }
}

TEST_CASE("what says something else is new") {
    struct Case {
        char const* what;
        Alert first, second;
    };
    std::vector<Case> const cases{
        {"another keyword of the same person", line("ali", "buy knives here", {"knives"}),
         line("ali", "my address is on the door", {"address"})},
        {"the same keyword of another person", line("ali", "buy knives here", {"knives"}),
         line("sara", "buy knives here", {"knives"})},
        {"another thing in the picture", found(Finding::object, {"knife"}),
         found(Finding::object, {"knife", "scissors"})},
        {"another stream", found(Finding::object, {"knife"}), found(Finding::object, {"knife"}, "two")},
        {"the sound after the picture", found(Finding::object, {"knife"}), found(Finding::audio, {"knife"})},
    };
    for (auto const& [what, first, second] : cases) {
        INFO(what);
        base::ManualClock clock;
        AlertFilter filter{clock};
        CHECK_FALSE(filter.joins(first, "first"));
        CHECK_FALSE(filter.joins(second, "second"));
    }
}

TEST_CASE("after three alerts of a kind from a stream in five minutes the next ones join the third") {
    base::ManualClock clock;
    AlertFilter filter{clock};
    CHECK_FALSE(filter.joins(line("a", "first of all", {"one"}), "1"));
    CHECK_FALSE(filter.joins(line("b", "something different", {"two"}), "2"));
    CHECK_FALSE(filter.joins(line("c", "yet another matter", {"three"}), "3"));
    CHECK(filter.joins(line("d", "and that is the fourth", {"four"}), "4") == "3");
    CHECK_FALSE(filter.joins(found(Finding::audio, {"one"}), "5"));
    clock.advance(300s);
    CHECK_FALSE(filter.joins(line("d", "and that is the fourth", {"four"}), "6"));
}

TEST_CASE("how alike texts are is the share that needs no edit, whatever their case") {
    using watch::similarity;
    CHECK(similarity("", "") == 1);
    CHECK(similarity("same", "SAME") == 1);
    CHECK(similarity("abcd", "abcx") == Approx(0.75));
    CHECK(similarity("abcd", "") == 0);
    CHECK(similarity("completely", "different words") < 0.5);
}
