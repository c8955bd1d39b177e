#include "base/clock.hpp"

#include <catch2/catch.hpp>

using namespace soyuz::base;

TEST_CASE("times are written as RFC 3339 with milliseconds and read back") {
    for (auto millis : {0LL, 1LL, 999LL, 1'700'000'000'123LL, 4'102'444'799'999LL}) {
        Timestamp const time{std::chrono::milliseconds{millis}};
        CHECK(parse_rfc3339(to_rfc3339(time)) == time);
    }
    CHECK(to_rfc3339(Timestamp{std::chrono::milliseconds{1'700'000'000'123}}) == "2023-11-14T22:13:20.123Z");
}

TEST_CASE("times are read in the forms that RFC 3339 allows and in no other") {
    struct Case {
        char const* text;
        long long millis;  // -1: refused
    };
    for (auto [text, millis] : {Case{"1970-01-01T00:00:01Z", 1000},
                                {"1970-01-01T05:00:01+05:00", 1000},
                                {"1970-01-01T00:00:00.5Z", 500},
                                {"1970-01-01T00:00:00.123456789Z", 123},
                                {"1970-01-01", -1},
                                {"1970-01-01T00:00:00", -1},
                                {"1970-13-01T00:00:00Z", -1},
                                {"1970-02-30T00:00:00Z", -1},
                                {"1970-01-01T24:00:00Z", -1},
                                {"1970-01-01T00:00:00.Z", -1},
                                {"1970-01-01T00:00:00Zx", -1},
                                {"", -1},
                                {"1970-01-01T00:00:00+5:00", -1}}) {
        INFO(text);
        auto const time = parse_rfc3339(text);
        CHECK((time ? time->time_since_epoch().count() : -1) == millis);
    }
}
