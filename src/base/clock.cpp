#include "base/clock.hpp"

#include <cstdio>

namespace soyuz::base {

namespace {

bool read_number(std::string_view text, std::size_t at, std::size_t digits, int& out) {
    if (at + digits > text.size()) return false;
    out = 0;
    for (char c : text.substr(at, digits)) {
        if (c < '0' || c > '9') return false;
        out = out * 10 + (c - '0');
    }
    return true;
}

}  // namespace

Timestamp SystemClock::now() const {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Moment SystemClock::moment() const { return std::chrono::steady_clock::now(); }

std::string to_rfc3339(Timestamp time) {
    auto const day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date{day};
    std::chrono::hh_mm_ss const clock{time - day};
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return text;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
    using namespace std::chrono;
    int year_number, month_number, day_number, hour, minute, second;
    bool const shaped = read_number(text, 0, 4, year_number) && text.size() >= 20 && text[4] == '-' &&
                        read_number(text, 5, 2, month_number) && text[7] == '-' &&
                        read_number(text, 8, 2, day_number) && (text[10] == 'T' || text[10] == 't') &&
                        read_number(text, 11, 2, hour) && text[13] == ':' && read_number(text, 14, 2, minute) &&
                        text[16] == ':' && read_number(text, 17, 2, second);
    if (!shaped || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    year_month_day const date{year{year_number}, month{static_cast<unsigned>(month_number)},
                              day{static_cast<unsigned>(day_number)}};
    if (!date.ok()) return std::nullopt;

    std::size_t at = 19;
    int millis = 0;
    if (text[at] == '.') {
        std::size_t digits = 0;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits) {
            if (digits < 3) millis = millis * 10 + (text[at] - '0');
        }
        if (digits == 0 || digits > 9) return std::nullopt;
        for (; digits < 3; ++digits) millis *= 10;
    }
    if (at >= text.size()) return std::nullopt;

    minutes offset{0};
    if (text[at] == 'Z' || text[at] == 'z') {
        ++at;
    } else {
        int offset_hours, offset_minutes;
        char const sign = text[at];
        if ((sign != '+' && sign != '-') || !read_number(text, at + 1, 2, offset_hours) || at + 3 >= text.size() ||
            text[at + 3] != ':' || !read_number(text, at + 4, 2, offset_minutes) || offset_hours > 23 ||
            offset_minutes > 59) {
            return std::nullopt;
        }
        offset = hours{offset_hours} + minutes{offset_minutes};
        if (sign == '-') offset = -offset;
        at += 6;
    }
    if (at != text.size()) return std::nullopt;
    return Timestamp{sys_days{date} + hours{hour} + minutes{minute} + seconds{second} + milliseconds{millis} - offset};
}

}  // namespace soyuz::base
