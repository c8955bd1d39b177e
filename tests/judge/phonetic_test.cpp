#include "judge/reading/phonetic.hpp"

#include <catch2/catch.hpp>

using namespace soyuz::judge;

TEST_CASE("spellings of one Roman Urdu word sound the same") {
    for (auto [listed, heard, same] : {std::tuple{"pagal", "pagal", true},
                                       {"pagal", "paagal", true},
                                       {"pagal", "pagaaal", true},
                                       {"pagal", "pgl", true},
                                       {"bewakoof", "bewaqoof", true},
                                       {"bewakoof", "bevkuf", true},
                                       {"bewakoof", "bewkoof", true},
                                       {"badtameez", "badtamiz", true},
                                       {"besharam", "baysharam", true},
                                       {"madarchod", "maadarchood", true},
                                       {"haramzada", "haraamzaada", true},
                                       {"pagal", "pugal", false},
                                       {"pagal", "pigeon", false},
                                       {"bewakoof", "bewafa", false},
                                       {"khabees", "kabse", false},
                                       {"chutiya", "choti", false},
                                       {"ghatiya", "goatee", false}}) {
        INFO(listed << " / " << heard);
        CHECK(is_same_word(sound_of(listed), sound_of(heard)) == same);
    }
}

TEST_CASE("a word without consonants, or with too many, has no sound") {
    CHECK(sound_of("aaa").size == 0);
    CHECK(sound_of("bcdfgbcdfgbcdfgbcdfg").size == 0);
    CHECK(sound_of("naïve").size == 0);
}
