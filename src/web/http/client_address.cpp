#include "web/http/client_address.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <arpa/inet.h>

#include "base/text.hpp"

namespace soyuz::web {

namespace {

constexpr AddressBytes mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0};

bool is_ipv4(AddressBytes const& address) {
    return std::equal(address.begin(), address.begin() + 12, mapped_prefix.begin());
}

bool matches(AddressBytes const& address, AddressBytes const& network, unsigned bits) {
    for (std::size_t i = 0; i < address.size() && bits > 0; ++i) {
        unsigned const here = std::min(bits, 8U);
        auto const mask = static_cast<std::uint8_t>(0xFFU << (8U - here));
        if ((address[i] & mask) != (network[i] & mask)) return false;
        bits -= here;
    }
    return true;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The last element of a list in a header: the one that the nearest proxy wrote.
std::string_view last_of(std::string_view list) {
    auto const comma = list.rfind(',');
    return trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

std::string_view first_of(std::string_view list) { return trimmed(list.substr(0, list.find(','))); }

/// An element of X-Forwarded-For: an address, in brackets and with a port where the proxy writes it so.
std::optional<AddressBytes> parse_forwarded(std::string_view text) {
    if (auto const plain = parse_address(text)) return plain;
    if (text.starts_with('[')) return parse_address(text.substr(1, text.find(']') - 1));
    return parse_address(text.substr(0, text.find(':')));
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == ':' || c == '[' || c == ']' || c == '_';
    });
}

}  // namespace

std::optional<AddressBytes> parse_address(std::string_view text) {
    std::string const copy{text};
    AddressBytes address = mapped_prefix;
    if (inet_pton(AF_INET, copy.c_str(), &address[12]) == 1) return address;
    if (inet_pton(AF_INET6, copy.c_str(), address.data()) == 1) return address;
    return std::nullopt;
}

std::string to_text(AddressBytes const& address) {
    char text[INET6_ADDRSTRLEN];
    bool const four = is_ipv4(address);
    inet_ntop(four ? AF_INET : AF_INET6, four ? &address[12] : address.data(), text, sizeof text);
    return text;
}

bool is_loopback(std::string_view text) {
    constexpr AddressBytes six{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    auto const address = parse_address(text);
    return address && (*address == six || (is_ipv4(*address) && (*address)[12] == 127));
}

bool came_through_proxy(net::HttpRequest const& request) {
    constexpr std::array<std::string_view, 7> headers{"x-forwarded-for",
                                                      "x-forwarded-host",
                                                      "x-forwarded-proto",
                                                      "x-real-ip",
                                                      "forwarded",
                                                      "cf-connecting-ip",
                                                      "via"};
    return std::any_of(headers.begin(), headers.end(),
                       [&](std::string_view header) { return !request.header(header).empty(); });
}

TrustedProxies::TrustedProxies(std::vector<std::string> const& networks) {
    for (auto const& text : networks) {
        auto const slash = text.find('/');
        auto const address = parse_address(std::string_view{text}.substr(0, slash));
        if (!address) throw std::invalid_argument("'" + text + "' is not an address or network (CIDR)");
        unsigned const widest = is_ipv4(*address) ? 32 : 128;
        unsigned bits = widest;
        if (slash != std::string::npos) {
            auto const* const end = text.data() + text.size();
            auto const [stop, fault] = std::from_chars(text.data() + slash + 1, end, bits);
            if (fault != std::errc{} || stop != end || bits > widest)
                throw std::invalid_argument("'" + text + "' is not a network (CIDR)");
        }
        networks_.push_back({*address, bits + (128 - widest)});
    }
}

bool TrustedProxies::trusts(std::string_view text) const {
    if (trusts_loopback_ && is_loopback(text)) return true;
    if (networks_.empty()) return false;
    auto const address = parse_address(text);
    return address && std::any_of(networks_.begin(), networks_.end(), [&](Network const& network) {
               return matches(*address, network.address, network.bits);
           });
}

Client TrustedProxies::client_of(net::HttpRequest const& request) const {
    Client client;
    client.https = request.over_tls;
    client.host = request.header("host");
    auto const peer = parse_address(request.peer_address);
    client.address = peer ? to_text(*peer) : request.peer_address;
    if (!trusts(request.peer_address)) return client;

    std::string const forwarded = request.joined("X-Forwarded-For");
    std::string_view rest = forwarded;
    std::optional<AddressBytes> nearest;
    while (!rest.empty()) {
        auto const address = parse_forwarded(last_of(rest));
        if (!address) break;
        nearest = address;
        if (!trusts(to_text(*address))) break;
        auto const comma = rest.rfind(',');
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
    }
    // A list without an address ("unknown") is still the proxy's word: what the client added beside it counts for
    // nothing.
    if (forwarded.empty()) nearest = parse_address(request.header("cf-connecting-ip"));
    if (nearest) client.address = to_text(*nearest);

    // Each proxy adds how it was reached, so the first of several is what the browser used; sockets have own names.
    auto const scheme = base::lower_ascii(first_of(request.joined("X-Forwarded-Proto")));
    if (scheme == "https" || scheme == "wss") client.https = true;
    if (scheme == "http" || scheme == "ws") client.https = false;
    auto const host = last_of(request.header("x-forwarded-host"));
    if (is_host(host)) client.host = host;
    return client;
}

}  // namespace soyuz::web
