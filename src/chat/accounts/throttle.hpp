#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"

namespace soyuz::chat {

/// Counts tries by key over a sliding window. Thread-safe; remembers at most `max_keys`, the least recently used go.
class Throttle {
public:
    Throttle(base::Clock const& clock, std::chrono::milliseconds span, std::size_t max_keys);

    /// Counts one try if fewer than `limit` are within the window and gives zero; else the time until one may follow.
    /// A limit of 0 lets everything through.
    std::chrono::milliseconds take(std::string const& key, std::size_t limit);
    /// What `take` would say now; counts nothing.
    std::chrono::milliseconds wait(std::string const& key, std::size_t limit);
    /// Takes back the newest try, because it succeeded.
    void give_back(std::string const& key);

private:
    struct Track {
        std::deque<base::Moment> tries;
        std::list<std::string>::iterator place;
    };

    /// Forgets old tries, and says how long `limit` are within the window. The caller holds `mutex_`.
    std::chrono::milliseconds wait(Track& track, std::size_t limit) const;

    base::Clock const& clock_;
    std::chrono::milliseconds const span_;
    std::size_t const max_keys_;
    std::mutex mutex_;
    std::unordered_map<std::string, Track> tracks_;
    std::list<std::string> by_use_;  ///< the least recently used first
};

/// What counts as one address: an IPv4 address, or an IPv6 network of 64 bits.
std::string address_key(std::string_view address);

}  // namespace soyuz::chat
