#include "live/stage_records.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json_members.hpp"
#include "live/stage_limits.hpp"

namespace soyuz::live {

using base::Json;

std::string stage_document(StageState const& state) {
    Json json{{"phase", name(state.phase)},    {"delay_s", state.plan.delay.count()},
              {"records", state.plan.records}, {"random_gifts", state.plan.random_gifts},
              {"host", state.host.value},      {"ended_why", state.ended_why},
              {"blanked", state.is_blanked},   {"muted", state.is_muted},
              {"hearts", state.hearts},        {"gifts", state.gifts}};
    if (state.plan.starts_at) json["starts_at"] = base::to_rfc3339(*state.plan.starts_at);
    if (state.started_at) json["started_at"] = base::to_rfc3339(*state.started_at);
    if (state.ended_at) json["ended_at"] = base::to_rfc3339(*state.ended_at);
    return base::to_text(json);
}

StageState parse_stage(Json const& json) {
    base::Members const members{json};
    StageState state;
    state.phase = parse_phase(members.text("phase")).value_or(Phase::waiting);
    auto const delay = std::min<std::uint64_t>(members.number("delay_s"), longest_delay.count());
    state.plan.delay = std::chrono::seconds{static_cast<std::int64_t>(delay)};
    state.plan.records = members.flag("records");
    state.plan.random_gifts = members.flag("random_gifts");
    state.plan.starts_at = members.time("starts_at");
    state.host = base::UserId{members.text("host")};
    state.started_at = members.time("started_at");
    state.ended_at = members.time("ended_at");
    state.ended_why = members.text("ended_why");
    state.is_blanked = members.flag("blanked");
    state.is_muted = members.flag("muted");
    state.hearts = members.number("hearts");
    state.gifts = members.number("gifts");
    return state;
}

}  // namespace soyuz::live
