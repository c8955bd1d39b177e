#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"

namespace soyuz::web {

/// Counts what one address (IPv6: one /64) does within a sliding window. Thread-safe; memory is bounded.
class AddressWindow {
public:
    AddressWindow(base::Clock const& clock, std::chrono::milliseconds span);

    /// Counts one; or, when `limit` are in the window already, says how long to wait and counts nothing.
    std::optional<std::chrono::milliseconds> admit(std::string const& address, std::size_t limit);
    /// Uncounts the newest one: it came to nothing.
    void give_back(std::string const& address);

private:
    void forget_old(base::Moment now);

    base::Clock const& clock_;
    std::chrono::milliseconds const span_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::deque<base::Moment>> seen_;
};

}  // namespace soyuz::web
