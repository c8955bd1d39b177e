#pragma once

#include <string>
#include <string_view>

#include "web/http/call.hpp"

namespace soyuz::web {

struct SiteContext;

/// Stores the picture in `field` of a multipart form for a post of the caller's that is still being written, and gives
/// the name of the file. Refuses: invalid_value, too_large, wrong_type, banned, muted, rate_limited, read_only.
std::string send_picture(SiteContext& site, Call const& call, std::string_view field);

}  // namespace soyuz::web
