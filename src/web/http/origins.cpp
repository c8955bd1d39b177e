#include "web/http/origins.hpp"

#include <algorithm>
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

}  // namespace

Origins::Origins(std::string public_url, std::vector<std::string> readers)
    : public_url_(std::move(public_url)), public_origin_(origin_of(public_url_)), readers_(std::move(readers)) {}

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
