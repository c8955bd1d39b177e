#include "base/address_key.hpp"

#include <arpa/inet.h>

namespace soyuz::base {

std::string address_key(std::string_view address) {
    // A scope ("%eth0") is not part of the prefix.
    std::string text{address.substr(0, address.find('%'))};
    in6_addr six{};
    if (text.find(':') == std::string::npos || inet_pton(AF_INET6, text.c_str(), &six) != 1)
        return std::string{address};
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
        char four[INET_ADDRSTRLEN];
        return inet_ntop(AF_INET, &six.s6_addr[12], four, sizeof four);
    }
    // No address is spelled with a slash, so that none is taken for a prefix.
    return '/' + std::string(reinterpret_cast<char const*>(six.s6_addr), 8);
}

}  // namespace soyuz::base
