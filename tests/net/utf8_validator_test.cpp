#include "net/utf8_validator.hpp"

#include <string>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>

#include "base/text.hpp"

using soyuz::net::Utf8Validator;

namespace {

/// Bytes accepted before the first impossible one, and whether the text was complete; fed byte by byte.
std::pair<std::size_t, bool> measure(std::string const& bytes) {
    Utf8Validator validator;
    for (std::size_t index = 0; index < bytes.size(); ++index) {
        if (!validator.feed({&bytes[index], 1})) return {index, false};
    }
    return {bytes.size(), validator.is_complete()};
}

}  // namespace

TEST_CASE("UTF-8 is refused at its first impossible byte") {
    for (auto const& [bytes, accepted, complete] : std::vector<std::tuple<std::string, std::size_t, bool>>{
             {"", 0, true},
             {"plain ASCII of more than eight bytes", 36, true},
             {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", 11, true},
             {"\xf0\x9f\x9a\x80", 4, true},
             {"\xf0\x9f\x9a", 3, false},
             {"\xf4\x8f\xbf\xbf", 4, true},
             {"\xf4\x90\x80\x80", 1, false},  // beyond U+10FFFF: the second byte tells
             {"\xf5", 0, false},
             {"\xc0\xaf", 0, false},  // overlong
             {"\xc1\xbf", 0, false},
             {"\xe0\x9f\xbf", 1, false},
             {"\xe0\xa0\x80", 3, true},
             {"\xf0\x8f\xbf\xbf", 1, false},
             {"\xf0\x90\x80\x80", 4, true},
             {"\xed\xa0\x80", 1, false},  // surrogate
             {"\xed\x9f\xbf", 3, true},
             {"\xee\x80\x80", 3, true},
             {"\x80", 0, false},
             {"a\xbf", 1, false},
             {"\xc3(", 1, false},
             {"\xe2\x82(", 2, false},
             {"\xff", 0, false},
             {"\xfe", 0, false},
             {"12345678\xc3\xa9"
              "12345678",
              18, true},
         }) {
        INFO(bytes);
        CHECK(measure(bytes) == std::pair(accepted, complete));
    }
}

TEST_CASE("every text of up to three bytes is judged as the whole-text check judges it, however it is cut") {
    // All pairs, and for lead bytes of three all second bytes with the corners of the third.
    std::vector<std::string> texts;
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            texts.push_back({static_cast<char>(first), static_cast<char>(second)});
            for (int third : {0x00, 0x7F, 0x80, 0xBF, 0xC0}) {
                texts.push_back({static_cast<char>(first), static_cast<char>(second), static_cast<char>(third)});
            }
        }
    }
    for (auto const& text : texts) {
        bool const valid = soyuz::base::is_valid_utf8(text);
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            Utf8Validator validator;
            bool const fed = validator.feed(std::string_view(text).substr(0, cut)) &&
                             validator.feed(std::string_view(text).substr(cut));
            if ((fed && validator.is_complete()) != valid) FAIL("differs");
        }
    }
    SUCCEED();
}
