#include "web/http/host_names.hpp"

#include "base/text.hpp"
#include "web/http/client_address.hpp"

namespace soyuz::web {

std::string host_in(std::string_view origin) {
    auto const scheme = origin.find("://");
    auto rest = scheme == origin.npos ? origin : origin.substr(scheme + 3);
    rest = rest.substr(0, rest.find('/'));
    auto host =
        base::lower_ascii(rest.starts_with('[') ? rest.substr(1, rest.find(']') - 1) : rest.substr(0, rest.find(':')));
    if (host.ends_with('.')) host.pop_back();
    return host;
}

bool is_this_computer(std::string_view host) {
    return is_loopback(host) || host == "localhost" || host.ends_with(".localhost");
}

}  // namespace soyuz::web
