#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

struct sockaddr;

namespace soyuz::media {

/// The parts of an http or https address.
struct Address {
    std::string scheme, host, port, path;  ///< `path` with its query; host without brackets, in lower case

    std::string text() const;
};
/// Errors: invalid_value for anything but an http or https address without a name and password.
base::Result<Address> parse_address(std::string_view text);

/// What `reference` in a document at `base` names (RFC 3986, 5.2). Errors as `parse_address`.
base::Result<Address> resolve_reference(Address const& base, std::string_view reference);

/// May a server connect there at a stranger's wish? Loopback, link-local, private, shared and reserved ones are not.
bool is_public(sockaddr const& address);

/// The numeric addresses of a host, each of which may be connected to: all of them are public, or the operator allows
/// the host. Blocks on the name service. Errors: not_found, forbidden.
base::Result<std::vector<std::string>> look_up(Address const& address, std::vector<std::string> const& allowed_hosts);

}  // namespace soyuz::media
