#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "media/address.hpp"

namespace soyuz::media {

/// Fetches by HTTP what strangers offer: each address, and each that a redirect names, is looked up, checked and
/// connected to as it was checked. One thread at a time; blocks on the network.
class Fetcher {
public:
    /// `stopping` ends a fetch soon; it is kept.
    Fetcher(std::vector<std::string> allowed_hosts, std::atomic<bool> const& stopping)
        : allowed_hosts_(std::move(allowed_hosts)), stopping_(stopping) {}

    /// Where the bytes came from in the end. Errors: not_found, forbidden, invalid_value; too_large; internal for what
    /// the other side did.
    struct Fetched {
        Address from;
        std::string bytes;
    };
    base::Result<Fetched> get(Address const& address, std::size_t most_bytes);
    /// Hands bytes on as they come until `take` says false or the other side ends; how many there were.
    base::Result<std::size_t> stream(Address const& address, std::function<bool(std::string_view)> const& take);

private:
    base::Result<Address> fetch(Address address, std::function<bool(std::string_view)> const& take, long timeout_s);

    std::vector<std::string> const allowed_hosts_;
    std::atomic<bool> const& stopping_;
};

}  // namespace soyuz::media
