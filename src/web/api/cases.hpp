#pragma once

#include <string>
#include <string_view>

#include "judge/judge.hpp"
#include "moderation/cases/case.hpp"
#include "web/http/call.hpp"

namespace soyuz::web {

struct SiteContext;

/// The verdict on a text that is not sent; `room` may be "". Nothing is recorded. Refuses: rate_limited, unknown_room.
judge::Verdict opinion_for(SiteContext& site, Call const& call, std::string_view text, std::string_view room);

/// By whom a mute or a ban holds now: asks moderators to look again. Where a case of theirs led to it, about that case;
/// elsewhere a report of their own asks. Refuses: already_appealed, conflict where nothing holds.
moderation::CasePtr appeal_sanction(SiteContext& site, chat::UserPtr const& author, std::string text);

}  // namespace soyuz::web
