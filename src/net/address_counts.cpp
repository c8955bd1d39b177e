#include "net/address_counts.hpp"

#include <cstring>

#include <arpa/inet.h>

namespace soyuz::net {

std::string address_key(std::string const& address) {
    in6_addr six{};
    // A scope ("%eth0") is no part of the prefix.
    if (inet_pton(AF_INET6, address.substr(0, address.find('%')).c_str(), &six) != 1) return address;
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
        char four[INET_ADDRSTRLEN];
        return inet_ntop(AF_INET, &six.s6_addr[12], four, sizeof four);
    }
    return "6" + std::string(reinterpret_cast<char const*>(six.s6_addr), 8);
}

bool AddressCounts::admit(std::string const& address) {
    auto const key = address_key(address);
    std::lock_guard const lock(mutex_);
    auto& count = counts_[key];
    if (count >= limit_) {
        if (count == 0) counts_.erase(key);
        return false;
    }
    ++count;
    return true;
}

void AddressCounts::leave(std::string const& address) {
    auto const key = address_key(address);
    std::lock_guard const lock(mutex_);
    auto const found = counts_.find(key);
    if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

std::size_t AddressCounts::size() const {
    std::lock_guard const lock(mutex_);
    return counts_.size();
}

}  // namespace soyuz::net
