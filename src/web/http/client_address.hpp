#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.hpp"

namespace soyuz::web {

/// An IPv4 or IPv6 address; IPv4 is kept as IPv4-mapped IPv6, so that both spellings of one are equal.
using AddressBytes = std::array<std::uint8_t, 16>;
std::optional<AddressBytes> parse_address(std::string_view text);
/// The usual spelling: dotted for IPv4, also where it came mapped into IPv6.
std::string to_text(AddressBytes const& address);
bool is_loopback(std::string_view address);

/// The client of a request, as far as trusted proxies say.
struct Client {
    std::string address;
    bool https = false;
    std::string host;  ///< as the browser knows it, with port
    std::string origin() const { return (https ? "https://" : "http://") + host; }
};

/// Does a header say that a proxy or a tunnel passed the request on? Anybody may send one.
bool came_through_proxy(net::HttpRequest const& request);

/// Networks whose word on a request's origin is believed. Thread-safe.
class TrustedProxies {
public:
    /// `networks`: addresses, or networks as 10.0.0.0/8 or fd00::/8. Throws std::invalid_argument naming a wrong one.
    explicit TrustedProxies(std::vector<std::string> const& networks);

    bool trusts(std::string_view address) const;
    /// From now on loopback is among them.
    void trust_loopback() { trusts_loopback_ = true; }

    /// From a trusted peer, in this order: the right-most address of X-Forwarded-For that is not a trusted proxy
    /// itself (what stands left of it the client may have made up), else CF-Connecting-IP; X-Forwarded-Proto and
    /// X-Forwarded-Host. From anybody else these headers count for nothing.
    Client client_of(net::HttpRequest const& request) const;

private:
    struct Network {
        AddressBytes address;
        unsigned bits;
    };
    std::vector<Network> networks_;
    std::atomic<bool> trusts_loopback_{false};
};

}  // namespace soyuz::web
