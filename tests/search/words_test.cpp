#include "search/words.hpp"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "search/spelling.hpp"

using namespace soyuz::search;

namespace {

std::string joined(std::string const& text) {
    std::string all;
    for (auto const& word : words_of(text)) all += (all.empty() ? "" : "|") + word.text;
    return all;
}

}  // namespace

TEST_CASE("words are letters, digits and marks; emoji are words of their own") {
    for (auto const& [text, words] : std::vector<std::pair<std::string, std::string>>{
             {"", ""},
             {"Hello, World!", "hello|world"},
             {"don't  stop", "dont|stop"},
             {"it’s 24/7", "its|24|7"},
             {"a_b-c.d", "a|b|c|d"},
             {"fine😀😀 yes", "fine|😀|😀|yes"},
             {"👍🏽", "👍"},
             {"資料 と 会議", "資料|と|会議"},
             {"abc資料def", "abc|資料|def"},
         }) {
        INFO(text);
        CHECK(joined(text) == words);
    }
}

TEST_CASE("a word is folded the same whatever keyboard it came from") {
    for (auto const& [one, other] : std::vector<std::pair<std::string, std::string>>{
             {"Café", "cafe\u0301"}, {"café", "cafe"},         {"İstanbul", "istanbul"},
             {"straße", "STRASSE"},  {"ｗｏｒｄ", "word"},     {"zero\u200bwidth", "zerowidth"},
             {"مُحَمَّد", "محمد"},       {"كتاب", "کتاب"},         {"علي", "علی"},
             {"ہے", "هے"},           {"می\u200cروم", "میروم"}, {"جمـــيل", "جمیل"},
             {"آدم", "ادم"},         {"مدرسة", "مدرسہ"},       {"۱۲۳", "123"},
             {"١٢٣", "۱۲۳"},         {"ΆΛΦΑ", "αλφα"},         {"Ёлка", "елка"},
             {"שָׁלוֹם", "שלום"},
         }) {
        INFO(one << " and " << other);
        CHECK(fold_word(one) == fold_word(other));
    }
    CHECK(fold_word("लड़की") != fold_word("लड़का"));
    CHECK(fold_word("لڑکی") != fold_word("لڑکے"));
}

TEST_CASE("a word knows where it stands in its text") {
    std::string const text = "ÜBER die Brücke";
    std::vector<std::string> found;
    for (auto const& word : words_of(text)) found.push_back(text.substr(word.begin, word.end - word.begin));
    CHECK(found == std::vector<std::string>{"ÜBER", "die", "Brücke"});
}

TEST_CASE("a script without spaces is indexed by pairs of characters") {
    std::vector<std::string> terms;
    for (auto const& word : words_of("会議資料 x")) append_terms(word, terms);
    CHECK(terms == std::vector<std::string>{"会議", "議資", "資料", "x"});
    terms.clear();
    append_terms({std::string(100, 'x'), 0, 100, true}, terms);
    CHECK(terms.front().size() == longest_term);
}

TEST_CASE("spellings of Roman Urdu are told together, other words are not") {
    struct Case {
        std::string one, other;
        bool same;
    };
    for (auto const& [one, other, same] : std::vector<Case>{
             {"nahin", "nahi", true},
             {"nahee", "nahi", true},
             {"kaise", "kaisay", true},
             {"shukriya", "shukria", true},
             {"khoobsurat", "khubsurat", true},
             {"bohot", "bohat", false},
             {"theek", "thik", true},
             {"zindagi", "zindagee", true},
             {"kya", "kia", true},
             {"mein", "main", true},
             {"waqt", "vakt", true},
             {"phir", "fir", true},
             {"school", "skull", false},
             {"cat", "cut", false},
             {"then", "than", false},
             {"main", "me", false},
             {"salaam", "salam", true},
             {"house", "mouse", false},
             {"ab", "aab", false},
         }) {
        INFO(one << " and " << other);
        CHECK(is_same_spelling(one, other) == same);
        if (same) CHECK(spelling_of(one) == spelling_of(other));
    }
    CHECK(spelling_of("کتاب") == 0);
    CHECK(spelling_of("ab") == 0);
}
