#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "live/gifts/gifts.hpp"
#include "live/recording/recorder.hpp"
#include "live/stage_state.hpp"

namespace soyuz::chat {
class Accounts;
class Rooms;
}  // namespace soyuz::chat

/// Live rooms as they stand on the wire.
namespace soyuz::contract {

/// `{room, state, host, starts_at, started_at, ended_at, ended_why, viewers, …}`; `state` is the phase, `host` a person
/// or null.
nlohmann::json stage_json(live::StageState const& state, chat::Accounts const& accounts, chat::Rooms const& rooms);
/// `{from, gift_id, amount, combo, emoji, name, at}`
nlohmann::json gift_json(live::Gift const& gift);
nlohmann::json gift_kind_json(live::GiftKind const& kind);
nlohmann::json giver_json(live::Gifts::Giver const& giver, chat::Accounts const& accounts);
/// `{id, started_at, duration_ms, bytes, url}`
nlohmann::json recording_json(live::RecordingInfo const& info, std::string_view room_name);

/// `{id, by, case_id, taken_at, duration_ms, bytes, url}`; `by` is a person or null, and so is `case_id`.
nlohmann::json clip_json(live::RecordingInfo const& info, std::string_view room_name, chat::Accounts const& accounts);

namespace events {

/// `live {stage}`
std::string live(nlohmann::json const& stage);
/// `hearts {room, count, total}`
std::string hearts(std::string_view room, std::uint64_t count, std::uint64_t total);
/// `gift {room, …}`
std::string gift(std::string_view room, live::Gift const& gift);

}  // namespace events

}  // namespace soyuz::contract
