#include "media/address.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/text.hpp"

namespace soyuz::media {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::size_t longest = 4000;

bool is_public(std::array<std::uint8_t, 4> const& ip) {
    auto const in = [&](std::uint8_t a, std::uint8_t b, unsigned bits) {
        auto const own = static_cast<unsigned>(ip[0] << 8U | ip[1]), other = static_cast<unsigned>(a << 8U | b);
        return own >> (16U - bits) == other >> (16U - bits);
    };
    // RFC 6890 and RFC 5771: this network, private, shared, loopback, link-local, protocol assignments, benchmarks,
    // multicast and what is reserved.
    return !(in(0, 0, 8) || in(10, 0, 8) || in(100, 64, 10) || in(127, 0, 8) || in(169, 254, 16) || in(172, 16, 12) ||
             (in(192, 0, 16) && (ip[2] == 0 || ip[2] == 2)) || in(192, 168, 16) || in(198, 18, 15) ||
             (in(198, 51, 16) && ip[2] == 100) || (in(203, 0, 16) && ip[2] == 113) || ip[0] >= 224);
}

bool is_public(in6_addr const& ip) {
    auto const* const byte = ip.s6_addr;
    static constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    static constexpr std::array<std::uint8_t, 12> translated{0, 0x64, 0xFF, 0x9B};
    if (std::equal(mapped.begin(), mapped.end(), byte) || std::equal(translated.begin(), translated.end(), byte))
        return is_public(std::array<std::uint8_t, 4>{byte[12], byte[13], byte[14], byte[15]});
    // Only global unicast (2000::/3), without 6to4, Teredo and documentation.
    bool const is_global = (byte[0] & 0xE0U) == 0x20;
    bool const is_6to4 = byte[0] == 0x20 && byte[1] == 0x02;
    bool const is_special =
        byte[0] == 0x20 && byte[1] == 0x01 && (byte[2] < 0x02 || (byte[2] == 0x0D && byte[3] == 0xB8));
    return is_global && !is_6to4 && !is_special;
}

/// Without "." and ".." (RFC 3986, 5.2.4).
std::string without_dots(std::string_view path) {
    auto const query = std::min(path.find('?'), path.size());
    std::vector<std::string_view> kept;
    auto rest = path.substr(0, query);
    bool ends_with_slash = false;
    while (!rest.empty()) {
        rest.remove_prefix(1);
        auto const end = std::min(rest.find('/'), rest.size());
        auto const segment = rest.substr(0, end);
        rest.remove_prefix(end);
        ends_with_slash = rest.empty() && (segment.empty() || segment == "." || segment == "..");
        if (segment == ".." && !kept.empty()) kept.pop_back();
        if (segment != "." && segment != ".." && !(segment.empty() && rest.empty())) kept.push_back(segment);
    }
    std::string made;
    for (auto const segment : kept) made.append("/").append(segment);
    if (ends_with_slash || made.empty()) made += '/';
    return made.append(path.substr(query));
}

}  // namespace

std::string Address::text() const {
    bool const is_v6 = host.find(':') != std::string::npos;
    auto const shown = is_v6 ? '[' + host + ']' : host;
    bool const is_usual = port == (scheme == "https" ? "443" : "80");
    return scheme + "://" + shown + (is_usual ? "" : ':' + port) + path;
}

Result<Address> parse_address(std::string_view text) {
    auto const bad = base::invalid_field("url", "This must be an http or https address.");
    bool const is_plain = text.size() <= longest && std::all_of(text.begin(), text.end(), [](unsigned char c) {
                              return c > 0x20 && c < 0x7F && c != '"' && c != '\\';
                          });
    auto const end = text.find("://");
    if (!is_plain || end == std::string_view::npos) return bad;
    Address address;
    address.scheme = base::lower_ascii(text.substr(0, end));
    if (address.scheme != "http" && address.scheme != "https") return bad;
    auto rest = text.substr(end + 3);
    rest = rest.substr(0, rest.find('#'));
    auto const authority = rest.substr(0, rest.find_first_of("/?"));
    rest.remove_prefix(authority.size());
    if (authority.find('@') != std::string_view::npos) return bad;
    auto host = authority;
    address.port = address.scheme == "https" ? "443" : "80";
    auto const bracket = authority.rfind(']');
    auto const colon = authority.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        address.port = authority.substr(colon + 1);
        host = authority.substr(0, colon);
    }
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    bool const is_port =
        !address.port.empty() && address.port.size() <= 5 &&
        std::all_of(address.port.begin(), address.port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (host.empty() || !is_port) return bad;
    address.host = base::lower_ascii(host);
    address.path = rest.starts_with('/') ? std::string{rest} : '/' + std::string{rest};
    return address;
}

Result<Address> resolve_reference(Address const& base, std::string_view reference) {
    reference = reference.substr(0, reference.find('#'));
    auto const scheme = reference.find(':');
    // "a:b" is an address of its own, and of a scheme that is looked at as such; "./a:b" is not.
    if (scheme != std::string_view::npos && scheme < reference.find_first_of("/?")) return parse_address(reference);
    if (reference.starts_with("//")) return parse_address(base.scheme + ':' + std::string{reference});
    auto const query = base.path.find('?');
    auto const path = std::string_view{base.path}.substr(0, query);
    std::string made;
    if (reference.empty())
        made = base.path;
    else if (reference.starts_with('/'))
        made = reference;
    else if (reference.starts_with('?'))
        made.append(path).append(reference);
    else
        made.append(path.substr(0, path.rfind('/') + 1)).append(reference);
    auto resolved = base;
    resolved.path = without_dots(made);
    return parse_address(resolved.text());
}

bool is_public(sockaddr const& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
        return is_public(bytes);
    }
    if (address.sa_family != AF_INET6) return false;
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return is_public(v6.sin6_addr);
}

Result<std::vector<std::string>> look_up(Address const& address, std::vector<std::string> const& allowed_hosts) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found) != 0 || found == nullptr)
        return Error{Code::not_found, "Nobody knows this host."};
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const held{found, &::freeaddrinfo};
    bool const is_allowed = std::find(allowed_hosts.begin(), allowed_hosts.end(), address.host) != allowed_hosts.end();
    std::vector<std::string> numeric;
    for (auto const* each = found; each != nullptr; each = each->ai_next) {
        // One that is not public spoils them all: who asks again may get another.
        if (!is_allowed && !is_public(*each->ai_addr))
            return Error{Code::forbidden, "This address lies in a private network, which the operator has to allow."};
        std::array<char, NI_MAXHOST> text{};
        if (::getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0)
            numeric.emplace_back(text.data());
    }
    return numeric;
}

}  // namespace soyuz::media
