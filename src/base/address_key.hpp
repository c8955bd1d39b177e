#pragma once

#include <string>
#include <string_view>

namespace soyuz::base {

/// What an address is counted under: itself, or the first 64 bits of an IPv6 address, because a host gets that many to
/// choose from. An IPv4 address mapped into IPv6 counts as IPv4.
std::string address_key(std::string_view address);

}  // namespace soyuz::base
