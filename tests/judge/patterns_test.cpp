#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "judge/engine.hpp"
#include "judge/patterns/number_kinds.hpp"
#include "judge/patterns/pattern.hpp"
#include "judge/reading/normaliser.hpp"

using namespace soyuz::judge;

namespace {

std::string rules_in(std::string_view text) {
    static auto const lexicon = *Lexicon::compile(built_in_lexicons(), Vocabulary{});
    ReadText read;
    Findings findings;
    std::vector<PatternHit> hits;
    normalise(text, *lexicon, read);
    lexicon->find(read, findings);
    find_personal_information(read, findings, hits);
    find_spam(read, findings, hits);
    std::string names;
    for (auto const& hit : hits) {
        CHECK(hit.start < hit.end);
        if (names.find(hit.rule) == std::string::npos) names.append(names.empty() ? "" : " ").append(hit.rule);
    }
    return names;
}

}  // namespace

TEST_CASE("personal information is found in its many forms") {
    for (auto [text, rule] : {std::pair{"0300-1234567", "phone_number"},
                              {"03001234567", "phone_number"},
                              {"+92 300 1234567", "phone_number"},
                              {"+92-300-1234567", "phone_number"},
                              {"0092 300 1234567", "phone_number"},
                              {"0300 123 4567", "phone_number"},
                              {"98765 43210", "phone_number"},
                              {"+91 98765 43210", "phone_number"},
                              {"(415) 555-2671", "phone_number"},
                              {"415-555-2671", "phone_number"},
                              {"415.555.2671", "phone_number"},
                              {"+44 20 7946 0958", "phone_number"},
                              {"+49 (0)151 23456789", "phone_number"},
                              {"０３００１２３４５６７", "phone_number"},
                              {"0 3 0 0 1 2 3 4 5 6 7", "phone_number"},
                              {"zero three double zero one two three four five six seven", "phone_number"},
                              {"sifar teen sifar sifar aik do teen char paanch chay saat", "phone_number"},
                              {"4111 1111 1111 1111", "payment_card"},
                              {"5500-0000-0000-0004", "payment_card"},
                              {"378282246310005", "payment_card"},
                              {"35202-1234567-1", "national_id"},
                              {"123-45-6789", "national_id"},
                              {"GB82 WEST 1234 5698 7654 32", "bank_account"},
                              {"ali@example.com", "email_address"},
                              {"ali dot khan at gmail dot com", "email_address"},
                              {"12 Baker Street", "street_address"},
                              {"I live at 12 Baker Street", "street_address"},
                              {"House 45, Street 7, Sector F-10", "street_address"},
                              {"flat no 3 block C", "street_address"}}) {
        INFO(text);
        CHECK(rules_in(text) == rule);
    }
}

TEST_CASE("numbers that are nobody's stay unmarked") {
    for (auto text :
         {"2024-01-15", "15.01.2024", "1999-2024", "192.168.1.1", "3.14159265358979", "version 10.15.7", "1,000,000",
          "the score was 105 to 98", "4111 1111 1111 1112", "10:30 to 11:45", "#1234567890", "$1234567890",
          "0000000000", "I ran 5 miles down the road", "10 minutes drive", "line 42 of parser.cpp"}) {
        INFO(text);
        CHECK(rules_in(text).empty());
    }
}

TEST_CASE("check digits tell real numbers from others") {
    CHECK(passes_luhn("4111111111111111"));
    CHECK_FALSE(passes_luhn("4111111111111112"));
    CHECK(passes_verhoeff("2363"));
    CHECK_FALSE(passes_verhoeff("2364"));
    CHECK(is_iban("GB82WEST12345698765432"));
    CHECK(is_iban("de89370400440532013000"));
    CHECK_FALSE(is_iban("GB82WEST12345698765431"));
}

TEST_CASE("spam has a named rule for each kind") {
    for (auto [text, rule] : {std::pair{"aaaaaaaaaaaaaaaaaaaa", "repeated_characters"},
                              {"buy buy buy buy buy buy buy", "repeated_words"},
                              {"WHY IS EVERYBODY SHOUTING HERE", "capitals"},
                              {"😀😀😀😀😀😀😀😀😀😀😀", "emoji_flood"},
                              {"@a1 @bee @cee @dee @eff hello", "mention_flood"},
                              {"http://a.com http://b.com http://c.com", "link_flood"},
                              {"see http://bit.ly/abc", "link_shortener"},
                              {"claim your free gift card now, you have won the lottery", "scam"},
                              {"see you at https://example.com", ""},
                              {"OK", ""},
                              {"ha ha ha ha", ""}}) {
        INFO(text);
        CHECK(rules_in(text) == rule);
    }
}
