#include "net/address_counts.hpp"

#include "base/address_key.hpp"

namespace soyuz::net {

bool AddressCounts::admit(std::string const& address) {
    auto const key = base::address_key(address);
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
    auto const key = base::address_key(address);
    std::lock_guard const lock(mutex_);
    auto const found = counts_.find(key);
    if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

std::size_t AddressCounts::size() const {
    std::lock_guard const lock(mutex_);
    return counts_.size();
}

}  // namespace soyuz::net
