#include "search/query.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace soyuz;
using namespace soyuz::search;
using namespace std::chrono_literals;

namespace {

/// "word", "two words" in quotes where they are exact.
std::string clauses_of(Query const& query) {
    std::string all;
    for (auto const& clause : query.clauses) {
        std::string words;
        for (auto const& word : clause.words) words += (words.empty() ? "" : " ") + word.text;
        if (!all.empty()) all += ' ';
        all += clause.is_exact ? '"' + words + '"' : clause.words.size() > 1 ? '(' + words + ')' : words;
    }
    return all;
}

}  // namespace

TEST_CASE("a query is words, phrases and what narrows them") {
    struct Case {
        std::string text, clauses, from, in;
        std::uint8_t has;
    };
    for (auto const& [text, clauses, from, in, has] : std::vector<Case>{
             {"", "", "", "", 0},
             {"quick Fox", "quick fox", "", "", 0},
             {"\"quick fox\" lazy", "\"quick fox\" lazy", "", "", 0},
             {"“two words”", "\"two words\"", "", "", 0},
             {"«دو لفظ»", "\"دو لفظ\"", "", "", 0},
             {"\"not closed", "\"not closed\"", "", "", 0},
             {"foo-bar", "(foo bar)", "", "", 0},
             {"from:sara hello", "hello", "sara", "", 0},
             {"from:@sara in:#maths", "", "sara", "maths", 0},
             {"IN:\"Group 1\" has:picture", "", "", "Group 1", has_picture},
             {"has:file has:link x", "x", "", "", has_file | has_link},
             {"has:nothing", "(has nothing)", "", "", 0},
             {"from: sara", "from sara", "", "", 0},
             {"http://example.org", "(http example org)", "", "", 0},
             {"12:30", "(12 30)", "", "", 0},
             {"a\u3000b\u00a0c", "a b c", "", "", 0},
             {"\xff", "", "", "", 0},
         }) {
        INFO(text);
        auto const query = parse_query(text);
        CHECK(clauses_of(query) == clauses);
        CHECK(query.from == from);
        CHECK(query.in == in);
        CHECK(query.has == has);
    }
}

TEST_CASE("days begin and end where the asker is") {
    auto const at = [](char const* text) { return *base::parse_rfc3339(text); };
    auto const utc = parse_query("before:2026-11-21 after:2026-11-01");
    CHECK(utc.before == at("2026-11-21T00:00:00Z"));
    CHECK(utc.after == at("2026-11-02T00:00:00Z"));
    auto const karachi = parse_query("before:2026-11-21", 300min);
    CHECK(karachi.before == at("2026-11-20T19:00:00Z"));
    CHECK(parse_query("after:2026-11-21T07:14:44Z").after == at("2026-11-21T07:14:44Z"));
    CHECK_FALSE(parse_query("before:yesterday").before);
    CHECK_FALSE(parse_query("before:2026-13-41").before);
}

TEST_CASE("a query has at most sixteen clauses") {
    std::string text;
    for (int i = 0; i < 40; ++i) text += "word" + std::to_string(i) + ' ';
    CHECK(parse_query(text).clauses.size() == 16);
}
