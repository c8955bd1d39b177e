#pragma once

#include <string>
#include <string_view>

namespace soyuz::web {

/// The host in an origin or a Host header, in lower case, without brackets, port and the dot of the root.
std::string host_in(std::string_view origin);

/// Does a host, as `host_in` gives it, name the computer that it is asked on? Browsers take such origins for secure
/// (W3C Secure Contexts, 3.1).
bool is_this_computer(std::string_view host);

}  // namespace soyuz::web
