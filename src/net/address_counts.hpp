#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace soyuz::net {

/// Open connections by address: IPv4 whole, IPv6 by its /64, because a host gets that many to choose from.
/// Thread-safe.
class AddressCounts {
public:
    explicit AddressCounts(std::size_t limit) : limit_(limit) {}

    /// Counts one more; false, and uncounted, where the limit is reached.
    bool admit(std::string const& address);
    /// One less; only after `admit` said yes.
    void leave(std::string const& address);
    /// Addresses counted now.
    std::size_t size() const;

private:
    mutable std::mutex mutex_;
    std::size_t limit_;
    std::unordered_map<std::string, std::size_t> counts_;
};

}  // namespace soyuz::net
