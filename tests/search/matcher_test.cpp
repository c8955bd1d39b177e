#include "search/matcher.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace soyuz::search;

namespace {

std::optional<std::string> marked(std::string const& query, std::string const& text,
                                  std::vector<std::string_view> const& more = {}) {
    auto const match = Matcher{parse_query(query).clauses}.match(text, more);
    if (!match) return std::nullopt;
    std::string all;
    std::size_t at = 0;
    for (auto const& [begin, end] : match->hits) {
        all += text.substr(at, begin - at) + '[' + text.substr(begin, end - begin) + ']';
        at = end;
    }
    return all + text.substr(at);
}

double worth(std::string const& query, std::string const& text) {
    return Matcher{parse_query(query).clauses}.match(text)->worth;
}

}  // namespace

TEST_CASE("hits are marked where they stand") {
    struct Case {
        std::string query, text, marked;
    };
    for (auto const& row : std::vector<Case>{
             {"fox", "The quick brown Fox!", "The quick brown [Fox]!"},
             {"fox quick", "quick fox", "[quick] [fox]"},
             {"qui", "The quick one", "The [quick] one"},
             {"uic", "The quick one", "The [quick] one"},
             {"\"quick brown\"", "a quick brown fox", "a [quick brown] fox"},
             {"foo-ba", "see foo bar", "see [foo bar]"},
             {"cafe", "Das Café", "Das [Café]"},
             {"nahi", "mujhe nahin pata", "mujhe [nahin] pata"},
             {"کتاب", "یہ كتاب ہے", "یہ [كتاب] ہے"},
             {"資料", "会議資料です", "[会議資料です]"},
             {"to", "tomorrow or today", "[tomorrow] or [today]"},
             {"😀", "good 😀", "good [😀]"},
         }) {
        INFO(row.query << " in " << row.text);
        CHECK(marked(row.query, row.text) == row.marked);
    }
}

TEST_CASE("every clause has to be met") {
    CHECK_FALSE(marked("quick slow", "The quick brown fox"));
    CHECK_FALSE(marked("\"brown quick\"", "The quick brown fox"));
    CHECK_FALSE(marked("\"quick bro\"", "The quick brown fox"));
    CHECK_FALSE(marked("ui", "The quick one"));  // two letters are no part of a word, but its beginning
    CHECK_FALSE(marked("\"nahi\"", "mujhe nahin pata"));
    CHECK(marked("", "anything") == "anything");
}

TEST_CASE("names of files are met, too") {
    CHECK(marked("homework", "here it is", {"Homework 7.pdf"}) == "here it is");
    CHECK_FALSE(marked("homework", "here it is", {"picture.png"}));
}

TEST_CASE("whole words are worth more than beginnings, and those more than parts") {
    CHECK(worth("cat", "a cat sat") > worth("cat", "a catalogue sat"));
    CHECK(worth("cat", "a catalogue sat") > worth("cat", "a bobcat sat"));
    CHECK(worth("red car", "the red car") > worth("red car", "the car that I saw was red"));
    CHECK(worth("cat", "cat") >
          worth("cat", "a long sentence in which there is somewhere a cat among many other words"));
}
