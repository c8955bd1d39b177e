#include "base/text.hpp"

#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/characters.hpp"
#include "base/visible_text.hpp"

using namespace soyuz::base;

namespace {

/// The cases that the browser's side is held to as well.
nlohmann::json text_cases() {
    std::ifstream file{SOYUZ_SOURCE_FOLDER "/browser/tests/text-cases.json"};
    return nlohmann::json::parse(file);
}

}  // namespace

TEST_CASE("UTF-8 is checked strictly") {
    for (auto text : {"", "abc", "ä", "中文", "😀"}) CHECK(is_valid_utf8(text));
    for (auto text : {"\x80", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x9f\x98"})
        CHECK_FALSE(is_valid_utf8(text));
    CHECK(count_code_points("aä中😀") == 4);
}

TEST_CASE("names that differ only in case fold to the same") {
    CHECK(fold_case("Straße") == fold_case("STRASSE"));
    CHECK(fold_case("Ali") == fold_case("aLI"));
    CHECK(trim(" \t\u00a0x y\u3000") == "x y");
    CHECK(lower_ascii("Content-TYPE") == "content-type");
}

TEST_CASE("a JSON string is written so that a parser reads the same text") {
    for (std::string text : {"", "plain", "\"\\/\b\f\n\r\t\x01\x1f\x7f", "ä😀"}) {
        std::string out;
        append_json_string(out, text);
        CHECK(nlohmann::json::parse(out).get<std::string>() == text);
    }
}

TEST_CASE("what nobody sees counts as nothing") {
    auto const cases = text_cases();
    for (auto const& text : cases["nothing"]) {
        INFO(text);
        CHECK_FALSE(shows_something(text.get<std::string>()));
    }
    for (auto const& text : cases["something"]) {
        INFO(text);
        CHECK(shows_something(text.get<std::string>()));
    }
}

TEST_CASE("what came along with a paste is dropped, and every line end is one") {
    for (auto const& each : text_cases()["tidied"]) {
        INFO(each);
        CHECK(tidy_paste(each[0].get<std::string>()) == each[1].get<std::string>());
    }
}

TEST_CASE("a line keeps what scripts and emoji need and loses what came along") {
    for (auto const& [given, tidy] : std::vector<std::pair<std::string, std::string>>{
             {" \t\u00a0Ali\u3000", "Ali"},
             {"\u200eWhatsApp Image.jpeg", "WhatsApp Image.jpeg"},
             {"\u202aAli\u202c", "Ali"},
             {"\ufeffAli\u200b Khan\u00ad", "Ali Khan"},
             {"two\r\nlines\u2028three", "two lines three"},
             {"علی\u200f (خان)\u200f", "علی\u200f (خان)"},
             {"نیم\u200cفاصله", "نیم\u200cفاصله"},
             {"\u2764\ufe0f", "\u2764\ufe0f"},
             {"👩\u200d🚀", "👩\u200d🚀"},
             {"🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F Ewan",
              "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F Ewan"},
             {"a\U000E0067\U000E007Fb", "ab"},
             {"\U0001FAE9", "\U0001FAE9"},
             {"\x1b[31mred\x1b[0m", "red"},
             {"\u3164", "\u3164"},
             {"\u200d", "\u200d"},
             {" \u3000", ""},
             {"a\u202eb", "a\u202eb"}}) {
        INFO(given);
        CHECK(tidy_line(given) == tidy);
    }
}

TEST_CASE("texts are cut between characters, and a file's name keeps its ending") {
    std::string const family = "👨\u200D👩\u200D👧";
    for (auto const& [text, most, kept] : std::vector<std::tuple<std::string, std::size_t, std::string>>{
             {"plain", 10, "plain"},
             {"plain", 3, "pla"},
             {"aé", 2, "a"},
             {"e\u0301e\u0301", 5, "e\u0301"},
             {"ab" + family, 10, "ab"},
             {"ab" + family, 20, "ab" + family},
             {"🇵🇰🇵🇰", 12, "🇵🇰"},
             {"नमस्ते", 9, "नम"},
             {"क्ष", 7, "क्"},
             {family, 6, "👨"},
             {"\xFF", 5, ""},
         }) {
        INFO(text << " " << most);
        CHECK(cut_text(text, most) == kept);
    }
    CHECK(cut_units("a😀b", 2) == "a");
    CHECK(cut_units("a😀b", 3) == "a😀");
    CHECK(cut_units("ééé", 3) == "ééé");
    CHECK(cut_file_name("short.txt", 20) == "short.txt");
    CHECK(cut_file_name(std::string(200, 'a') + ".jpeg", 20) == std::string(15, 'a') + ".jpeg");
    CHECK(cut_file_name(std::string(200, 'a') + ".tar.gz", 20) == std::string(13, 'a') + ".tar.gz");
    CHECK(cut_file_name(std::string(200, 'a') + ".no ending as it is far too long", 20) == std::string(20, 'a'));
    CHECK(cut_file_name(family + family + ".txt", 25) == family + ".txt");
    for (auto const& [text, first] : std::vector<std::pair<std::string, std::string>>{
             {"abc", "a"}, {"e\u0301x", "e\u0301"}, {"🇵🇰x", "🇵🇰"}, {family + "x", family}, {"क्षमा", "क्ष"}, {"", ""}}) {
        INFO(text);
        CHECK(first_character(text) == first);
    }
}

TEST_CASE("a search does not mind forms, case, white space and what nobody sees") {
    for (auto const& [text, query] : std::vector<std::pair<std::string, std::string>>{
             {"cafe\u0301", "CAFÉ"},
             {"İstanbul", "istanbul"},
             {"istanbul", "İSTANBUL"},
             {"ısparta", "ISPARTA"},
             {"zero\u200bwidth", "zerowidth"},
             {"soft\u00adhyphen", "softhyphen"},
             {"Straße", "STRASSE"},
             {"ﬁne", "fine"},
             {"ＡＢＣ１", "abc1"},
             {"ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς"},
             {"ﻼ", "لا"},
         }) {
        INFO(text);
        CHECK(search_key(text) == search_key(query));
    }
    using Words = std::vector<std::string>;
    CHECK(search_words("会議\u3000資料\u00a0a\u2028b\tc", 16) == Words{"会議", "資料", "a", "b", "c"});
    CHECK(search_words(" one  two ", 1) == Words{"one"});
    CHECK(search_words("\xFF", 16).empty());
}

TEST_CASE("marks that tower over a letter are found, in scripts that stack them later") {
    for (auto text : {"e\u0301\u0302\u0303\u0304", "Z\u0351\u036b\u0343\u036a\u0342o",
                      "ก\u0e47\u0e47\u0e47\u0e47\u0e47", "က\u103e\u102d\u102f\u1036\u1037\u103e\u102d"}) {
        INFO(text);
        CHECK(has_towering_marks(text));
    }
    for (auto text : {"Nguyễn", "e\u0301\u0302\u0303", "مُحَمَّدٌ", "שָׁלוֹם", "မြို့", "👍\ufe0f", "ကျွန်ုပ်", "น้ำ"}) {
        INFO(text);
        CHECK_FALSE(has_towering_marks(text));
    }
}

TEST_CASE("hidden characters are found; joiners, flags and marks of direction are not hidden") {
    for (auto text : {"a\u202eb", "a\u2066b", "\u200b", "a\nb", "\x7f", "\ufeff", "\u2028", "\ue000", "\uffff",
                      "a\U000E0041", "\u3164"}) {
        INFO(text);
        CHECK(has_hidden_characters(text));
    }
    for (auto text : {"plain", "نیم\u200cفاصله", "👩\u200d🚀", "é", "علی\u200f", "\U0001FAE9", "𮯰",
                      "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F"}) {
        INFO(text);
        CHECK_FALSE(has_hidden_characters(text));
    }
    for (auto text : {"a\u200eb@x.org", "a\u00adb", "\u2800"}) CHECK(has_unseen_characters(text));
    for (auto text : {"a b@x.org", "é"}) CHECK_FALSE(has_unseen_characters(text));
}
