#include "web/http/origins.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace soyuz::web {

namespace {

/// Browsers leave the scheme's own port out of Origin, and so do they in Host; other clients may not.
std::string normal(std::string_view origin) {
    std::string lower = base::lower_ascii(origin);
    if (lower.ends_with('/')) lower.pop_back();
    if (lower.starts_with("https://") && lower.ends_with(":443")) lower.resize(lower.size() - 4);
    if (lower.starts_with("http://") && lower.ends_with(":80")) lower.resize(lower.size() - 3);
    return lower;
}

std::string origin_of(std::string_view url) {
    auto const scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return "";
    return normal(url.substr(0, url.find('/', scheme_end + 3)));
}

/// The name in a Host header, without port and the dot of the root.
std::string name_in(std::string_view host) {
    auto name = base::lower_ascii(host.substr(0, host.starts_with('[') ? host.npos : host.find(':')));
    if (name.ends_with('.')) name.pop_back();
    return name;
}

}  // namespace

Origins::Origins(std::string public_url, std::vector<std::string> readers, std::vector<std::string> const& hosts)
    : public_url_(std::move(public_url)), public_origin_(origin_of(public_url_)), readers_(std::move(readers)) {
    for (auto const& host : hosts) hosts_.push_back(name_in(host));
    if (!public_origin_.empty()) hosts_.push_back(name_in(public_origin_.substr(public_origin_.find("://") + 3)));
}

bool Origins::is_own_host(std::string_view host) const {
    constexpr std::array<std::string_view, 7> local{".localhost", ".local",     ".lan", ".internal",
                                                    ".home",      ".home.arpa", ".test"};
    auto const name = name_in(host);
    if (name.find('.') == std::string::npos || parse_address(name) || name.starts_with('[')) return true;
    return std::find(hosts_.begin(), hosts_.end(), name) != hosts_.end() ||
           std::any_of(local.begin(), local.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

bool Origins::is_own(std::string_view origin, Client const& client) const {
    auto const wanted = normal(origin);
    if (!client.host.empty() && wanted == normal(client.origin())) return true;
    return !public_origin_.empty() && wanted == public_origin_;
}

bool Origins::may_read(std::string_view origin) const {
    return !origin.empty() && std::any_of(readers_.begin(), readers_.end(),
                                          [&](std::string const& each) { return each == origin || each == "*"; });
}

std::string Origins::base_url(Client const& client) const {
    if (public_url_.empty()) return client.origin();
    return public_url_.substr(0, public_url_.size() - (public_url_.ends_with('/') ? 1 : 0));
}

}  // namespace soyuz::web
