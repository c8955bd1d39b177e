#include "chat/case_shapes.hpp"

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "moderation/cases/case_record.hpp"

namespace soyuz::chat {

namespace {

using Json = nlohmann::json;
using moderation::Case;
using moderation::DecisionRecord;

Json person_json(base::UserId const& id, Accounts const& accounts) {
    auto const user = accounts.find(id);
    if (!user) return {{"id", id.value}, {"username", ""}, {"display_name", ""}, {"avatar_url", nullptr}};
    return {{"id", id.value},
            {"username", user->username},
            {"display_name", user->display_name},
            {"avatar_url", user->avatar.empty() ? Json{} : Json("/uploads/" + user->avatar)}};
}

Json room_reference(base::RoomId const& id, Rooms const& rooms) {
    auto const room = id.empty() ? nullptr : rooms.find(id);
    return room ? Json{{"id", id.value}, {"name", room->name}, {"title", room->title}} : Json{};
}

std::string name_of(base::UserId const& id, Accounts const& accounts) {
    auto const user = id.empty() ? nullptr : accounts.find(id);
    return user ? user->username : std::string{};
}

Json decision_json(DecisionRecord const& decision, Accounts const& accounts) {
    Json json{{"action", name(decision.action)},
              {"by", name_of(decision.by, accounts)},
              {"at", base::to_rfc3339(decision.at)},
              {"note", decision.note},
              {"minutes", decision.minutes == 0 ? Json{} : Json(decision.minutes)},
              {"until", decision.until ? Json(base::to_rfc3339(*decision.until)) : Json{}},
              {"undo_until", base::to_rfc3339(decision.undo_until)}};
    if (decision.undone) json["undone"] = true;
    return json;
}

Json appeal_json(Case const& one) {
    return one.appeal ? Json{{"text", one.appeal->text}, {"at", base::to_rfc3339(one.appeal->at)}} : Json{};
}

}  // namespace

Json case_json(Case const& one, std::optional<moderation::CaseClaim> const& claim, Accounts const& accounts,
               Rooms const& rooms) {
    Json json{{"id", one.id},
              {"kind", name(one.kind)},
              {"status", one.open ? "open" : "decided"},
              {"occasion", name(one.occasion)},
              {"field", one.field},
              {"room", room_reference(one.room, rooms)},
              {"message_id", nullptr},
              {"seq", nullptr},
              {"text", one.text},
              {"count", one.count},
              {"author", person_json(one.author, accounts)},
              {"created_at", base::to_rfc3339(one.created_at)},
              {"updated_at", base::to_rfc3339(one.updated_at)},
              {"verdict", one.verdict ? moderation::verdict_document(*one.verdict) : Json{}},
              {"versions", {{"lexicon", one.lexicon}, {"model", one.model}}},
              {"reports", Json::array()},
              {"appeal", appeal_json(one)},
              {"claim", nullptr},
              {"decision", one.decision ? decision_json(*one.decision, accounts) : Json{}},
              {"decisions", Json::array()},
              {"stale", one.stale}};
    if (!one.messages.empty()) {
        json["message_id"] = base::to_string(one.messages.back());
        json["seq"] = one.messages.back().seq;
    }
    for (auto const& report : one.reports)
        json["reports"].push_back({{"id", report.id},
                                   {"by", name_of(report.by, accounts)},
                                   {"reason", report.reason},
                                   {"note", report.note},
                                   {"at", base::to_rfc3339(report.at)}});
    if (claim) json["claim"] = {{"by", name_of(claim->by, accounts)}, {"until", base::to_rfc3339(claim->until)}};
    for (auto const& decision : one.decisions) json["decisions"].push_back(decision_json(decision, accounts));
    return json;
}

Json own_case_json(Case const& one, Rooms const& rooms) {
    Json json{{"case_id", one.id},
              {"at", base::to_rfc3339(one.created_at)},
              {"occasion", name(one.occasion)},
              {"room", room_reference(one.room, rooms)},
              {"message_id", one.messages.empty() ? Json{} : Json(base::to_string(one.messages.back()))},
              {"text", one.text},
              {"action", one.verdict ? name(one.verdict->action) : name(one.kind)},
              {"reasons", one.verdict ? Json(one.verdict->reasons) : Json::array()},
              {"severity", one.verdict ? name(one.verdict->severity) : name(judge::Severity::none)},
              {"status", one.open ? "open" : "decided"},
              {"decision", nullptr},
              {"appeal", appeal_json(one)},
              {"can_appeal", moderation::can_appeal(one)}};
    if (one.decision && one.decision->action != moderation::Decision::expired) {
        auto const& decision = *one.decision;
        json["decision"] = {{"action", name(decision.action)},
                            {"at", base::to_rfc3339(decision.at)},
                            {"note", decision.note},
                            {"until", decision.until ? Json(base::to_rfc3339(*decision.until)) : Json{}}};
    }
    return json;
}

}  // namespace soyuz::chat
