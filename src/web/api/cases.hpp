#pragma once

#include <string_view>

#include "judge/judge.hpp"
#include "web/http/call.hpp"

namespace soyuz::web {

struct SiteContext;

/// The verdict on a text that is not sent; `room` may be "". Nothing is recorded. Refuses: rate_limited, unknown_room.
judge::Verdict opinion_for(SiteContext& site, Call const& call, std::string_view text, std::string_view room);

}  // namespace soyuz::web
