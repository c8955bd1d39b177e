#include "base/text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace soyuz::base;

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

TEST_CASE("hidden characters are found, joiners are not hidden") {
    for (auto text : {"a\u202eb", "a\u2066b", "\u200b", "a\nb", "\x7f", "\ufeff", "\u2028"})
        CHECK(has_hidden_characters(text));
    for (auto text : {"plain", "نیم\u200cفاصله", "👩\u200d🚀", "é"}) CHECK_FALSE(has_hidden_characters(text));
}

TEST_CASE("a JSON string is written so that a parser reads the same text") {
    for (std::string text : {"", "plain", "\"\\/\b\f\n\r\t\x01\x1f\x7f", "ä😀"}) {
        std::string out;
        append_json_string(out, text);
        CHECK(nlohmann::json::parse(out).get<std::string>() == text);
    }
}
