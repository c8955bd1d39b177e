#include "contract/live_shapes.hpp"

#include <optional>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/shapes.hpp"

namespace soyuz::contract {

using base::Json;

namespace {

Json time_json(std::optional<base::Timestamp> const& time) { return time ? Json(base::to_rfc3339(*time)) : Json{}; }

Json person_json(chat::Accounts const& accounts, base::UserId const& id) {
    auto const user = id.empty() ? nullptr : accounts.find(id);
    if (!user || user->deleted) return nullptr;
    return {{"id", user->id.value},
            {"username", user->username},
            {"display_name", user->display_name},
            {"avatar_url", avatar_url(*user)}};
}

}  // namespace

Json stage_json(live::StageState const& state, chat::Accounts const& accounts, chat::Rooms const& rooms) {
    auto const room = rooms.find(state.room);
    return {{"room", room ? room->name : ""},
            {"title", room ? room->title : ""},
            {"topic", room ? room->topic : ""},
            {"state", live::name(state.phase)},
            {"host", person_json(accounts, state.host)},
            {"starts_at", time_json(state.plan.starts_at)},
            {"started_at", time_json(state.started_at)},
            {"ended_at", time_json(state.ended_at)},
            {"ended_why", state.ended_why},
            {"delay_s", state.plan.delay.count()},
            {"records", state.plan.records},
            {"random_gifts", state.plan.random_gifts},
            {"blanked", state.is_blanked},
            {"muted", state.is_muted},
            {"recording", state.is_recording},
            {"recording_fault", state.recording_fault},
            {"viewers", state.viewers},
            {"most_viewers", state.most_viewers},
            {"hearts", state.hearts},
            {"gifts", state.gifts},
            {"has_picture", state.has_picture},
            {"has_sound", state.has_sound},
            {"has_low_layer", state.has_low_layer}};
}

Json gift_json(live::Gift const& gift) {
    auto const& kind = live::gift_kind(gift.id);
    return {{"from", gift.from_name}, {"gift_id", gift.id}, {"amount", gift.amount},          {"combo", gift.combo},
            {"emoji", kind.emoji},    {"name", kind.name},  {"at", base::to_rfc3339(gift.at)}};
}

Json gift_kind_json(live::GiftKind const& kind) {
    return {{"gift_id", kind.id}, {"emoji", kind.emoji}, {"name", kind.name}};
}

Json giver_json(live::Gifts::Giver const& giver, chat::Accounts const& accounts) {
    auto person = person_json(accounts, giver.user);
    return {{"username", giver.name},
            {"display_name", person.is_null() ? Json(giver.name) : person["display_name"]},
            {"amount", giver.amount}};
}

Json recording_json(live::RecordingInfo const& info, std::string_view room_name) {
    return {{"id", info.id},
            {"started_at", base::to_rfc3339(info.started_at)},
            {"duration_ms", info.duration.count()},
            {"bytes", info.bytes},
            {"url", "/live/" + std::string{room_name} + "/recordings/" + info.id + ".webm"}};
}

Json clip_json(live::RecordingInfo const& info, std::string_view room_name, chat::Accounts const& accounts) {
    return {{"id", info.id},
            {"by", person_json(accounts, info.host)},
            {"case_id", info.the_case.empty() ? Json{} : Json(info.the_case)},
            {"taken_at", base::to_rfc3339(info.started_at)},
            {"duration_ms", info.duration.count()},
            {"bytes", info.bytes},
            {"url", "/live/" + std::string{room_name} + "/clips/" + info.id + ".webm"}};
}

namespace events {

std::string live(Json const& stage) { return base::to_text({{"type", "live"}, {"stage", stage}}); }

std::string hearts(std::string_view room, std::uint64_t count, std::uint64_t total) {
    return base::to_text({{"type", "hearts"}, {"room", room}, {"count", count}, {"total", total}});
}

std::string gift(std::string_view room, live::Gift const& gift) {
    auto json = gift_json(gift);
    json["type"] = "gift";
    json["room"] = room;
    return base::to_text(json);
}

}  // namespace events

}  // namespace soyuz::contract
