#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "judge/engine.hpp"
#include "judge/policy.hpp"

namespace soyuz::moderation {

std::string_view name(judge::Preset preset);
std::optional<judge::Preset> preset_of(std::string_view word);

/// How a room wants to be moderated, as its moderators set it.
struct RoomRules {
    std::optional<judge::Preset> preset;  ///< none: the server's
    std::optional<judge::Thresholds> thresholds;
    std::vector<std::string> categories_off, rules_off;
    bool author_only = false;  ///< only its author sees that a message is under review
    std::vector<judge::WatchWord> watch_words;
};

/// `before` with the members of `patch` put in; null takes a member back to its default. Errors: invalid_value, naming
/// each wrong field after `prefix`.
base::Result<RoomRules> changed_rules(RoomRules before, nlohmann::json const& patch, std::string const& prefix);
nlohmann::json to_json(RoomRules const& rules);

/// What the engine goes by. `flag_threshold` is used where neither the room nor its preset says otherwise.
base::Result<judge::RoomPolicy> policy_of(RoomRules const& rules, judge::Preset standard,
                                          std::optional<double> flag_threshold);

}  // namespace soyuz::moderation
