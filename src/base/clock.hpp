#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace soyuz::base {

/// A moment of wall-clock time, as written to disk and sent to clients. May jump when the machine's clock is set.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// A moment that never goes back, for windows and time-outs.
using Moment = std::chrono::steady_clock::time_point;

/// Where time comes from; handed in, so that tests own it. Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
    virtual Moment moment() const = 0;
};

class SystemClock final : public Clock {
public:
    Timestamp now() const override;
    Moment moment() const override;
};

/// RFC 3339 in UTC with milliseconds: 2026-11-21T07:14:44.123Z.
std::string to_rfc3339(Timestamp time);
void append_rfc3339(std::string& out, Timestamp time);

/// Accepts what `to_rfc3339` writes, with zero to nine digits of fraction and `Z` or a numeric offset.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace soyuz::base
