#include "base/clock.hpp"

#include <algorithm>

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

void write_two(char* out, unsigned value) {
    out[0] = static_cast<char>('0' + value / 10);
    out[1] = static_cast<char>('0' + value % 10);
}

}  // namespace

Timestamp SystemClock::now() const {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Moment SystemClock::moment() const { return std::chrono::steady_clock::now(); }

std::string to_rfc3339(Timestamp time) {
    std::string text;
    append_rfc3339(text, time);
    return text;
}

void append_rfc3339(std::string& out, Timestamp time) {
    using namespace std::chrono;
    // Messages come in by the thousand on the same day: its date is kept.
    thread_local sys_days cached_day{days{-1'000'000}};
    thread_local char text[] = "0000-00-00T00:00:00.000Z";
    auto const day = floor<days>(time);
    if (day != cached_day) {
        year_month_day const date{day};
        auto const year = static_cast<unsigned>(std::clamp(static_cast<int>(date.year()), 0, 9999));
        write_two(text, year / 100);
        write_two(text + 2, year % 100);
        write_two(text + 5, static_cast<unsigned>(date.month()));
        write_two(text + 8, static_cast<unsigned>(date.day()));
        cached_day = day;
    }
    auto const of_day = static_cast<unsigned>((time - day).count());
    write_two(text + 11, of_day / 3'600'000);
    write_two(text + 14, of_day / 60'000 % 60);
    write_two(text + 17, of_day / 1000 % 60);
    text[20] = static_cast<char>('0' + of_day / 100 % 10);
    write_two(text + 21, of_day % 100);
    out.append(text, 24);
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
