#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "live/gifts/gifts.hpp"
#include "live/pulse/pulses.hpp"

namespace soyuz::chat {
class Accounts;
}

/// What moderators see of a live room as it passes.
namespace soyuz::contract {

/// `{room, viewers, threshold, newest, minutes, entries, categories, givers}`
nlohmann::json pulse_json(live::Pulses::View const& view, std::string_view room_name, double threshold,
                          std::vector<live::Gifts::Giver> const& givers, chat::Accounts const& accounts);

namespace events {

/// `pulse {…}`: the same, with the newest minutes and the new entries alone.
std::string pulse(nlohmann::json pulse);

}  // namespace events

}  // namespace soyuz::contract
