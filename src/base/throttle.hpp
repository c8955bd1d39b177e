#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"

namespace soyuz::base {

/// Counts tries by key over a sliding window. Thread-safe; remembers at most `max_keys`, the least recently used go.
class Throttle {
public:
    explicit Throttle(Clock const& clock, std::chrono::milliseconds span, std::size_t max_keys = 50'000);

    /// Counts one try if fewer than `limit` are within the window; else gives the time until one may follow, and counts
    /// nothing.
    std::optional<std::chrono::milliseconds> take(std::string const& key, std::size_t limit);
    /// What `take` would say now; counts nothing.
    std::optional<std::chrono::milliseconds> wait(std::string const& key, std::size_t limit);
    /// Takes back the newest try: it is not to count.
    void give_back(std::string const& key);

private:
    struct Track {
        std::deque<Moment> tries;
        std::list<std::string>::iterator place;
    };

    /// Forgets old tries, and says how long `limit` are within the window. The caller holds `mutex_`.
    std::optional<std::chrono::milliseconds> wait(Track& track, std::size_t limit) const;

    Clock const& clock_;
    std::chrono::milliseconds const span_;
    std::size_t const max_keys_;
    std::mutex mutex_;
    std::unordered_map<std::string, Track> tracks_;
    std::list<std::string> by_use_;  ///< the least recently used first
};

}  // namespace soyuz::base
