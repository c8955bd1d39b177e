#include "contract/pulse_shapes.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "contract/live_shapes.hpp"

namespace soyuz::contract {

using base::Json;

namespace {

Json minute_json(live::PulseMinute const& minute) {
    return {{"at", base::to_rfc3339(minute.at)}, {"messages", minute.messages}, {"toxic", minute.toxic},
            {"blocked", minute.blocked},         {"gifts", minute.gifts},       {"viewers", minute.viewers}};
}

Json entry_json(live::PulseEntry const& entry) {
    Json json{{"number", entry.number}, {"at", base::to_rfc3339(entry.at)}, {"username", entry.user}};
    if (entry.is_gift()) {
        json["type"] = "gift";
        json["gift_id"] = entry.gift;
        json["amount"] = entry.amount;
        return json;
    }
    json["type"] = "message";
    json["text"] = entry.text;
    json["id"] = entry.id ? Json(base::to_string(*entry.id)) : Json{};
    json["action"] = judge::name(entry.action);
    json["score"] = entry.score;
    json["reasons"] = entry.reasons;
    return json;
}

}  // namespace

Json pulse_json(live::Pulses::View const& view, std::string_view room_name, double threshold,
                std::vector<live::Gifts::Giver> const& givers, chat::Accounts const& accounts) {
    auto minutes = Json::array(), entries = Json::array(), people = Json::array();
    for (auto const& minute : view.minutes) minutes.push_back(minute_json(minute));
    for (auto const& entry : view.entries) entries.push_back(entry_json(entry));
    for (auto const& giver : givers) people.push_back(giver_json(giver, accounts));
    return {{"room", room_name},
            {"viewers", view.viewers},
            {"threshold", threshold},
            {"newest", view.newest},
            {"minutes", std::move(minutes)},
            {"entries", std::move(entries)},
            {"categories", view.categories},
            {"givers", std::move(people)}};
}

namespace events {

std::string pulse(Json pulse) {
    pulse["type"] = "pulse";
    return base::to_text(pulse);
}

}  // namespace events

}  // namespace soyuz::contract
