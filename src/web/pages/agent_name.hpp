#pragma once

#include <string>
#include <string_view>

namespace soyuz::web {

/// What a User-Agent means to people: "Firefox · Windows", "Chrome · Android"; its first product where it is no
/// browser that is known.
std::string agent_name(std::string_view user_agent);

}  // namespace soyuz::web
