#pragma once

#include <atomic>

#include "base/clock.hpp"

namespace soyuz::base {

/// A clock that stands still until it is set: for tests and for replaying. Thread-safe.
class ManualClock final : public Clock {
public:
    static constexpr Timestamp start{std::chrono::milliseconds{1'700'000'000'000}};

    Timestamp now() const override { return start + elapsed_.load(); }
    Moment moment() const override { return Moment{} + std::chrono::hours{1} + elapsed_.load(); }
    void advance(std::chrono::milliseconds by) { elapsed_ = elapsed_.load() + by; }
    void set(std::chrono::milliseconds since_start) { elapsed_ = since_start; }

private:
    std::atomic<std::chrono::milliseconds> elapsed_{std::chrono::milliseconds{0}};
};

}  // namespace soyuz::base
