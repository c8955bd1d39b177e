#include "contract/case_shapes.hpp"

#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/shapes.hpp"
#include "moderation/cases/case_record.hpp"

namespace soyuz::contract {

namespace {

using chat::Accounts;
using chat::Rooms;
using Json = nlohmann::json;
using moderation::Case;
using moderation::DecisionRecord;

Json person_json(base::UserId const& id, Accounts const& accounts) {
    auto const user = accounts.find(id);
    if (!user) return {{"id", id.value}, {"username", ""}, {"display_name", ""}, {"avatar_url", nullptr}};
    return {{"id", id.value},
            {"username", user->username},
            {"display_name", user->display_name},
            {"avatar_url", avatar_url(*user)}};
}

Json room_reference(base::RoomId const& id, Rooms const& rooms) {
    auto const room = id.empty() ? nullptr : rooms.find(id);
    return room ? Json{{"id", id.value}, {"name", room->name}, {"title", room->title}, {"kind", chat::name(room->kind)}}
                : Json{};
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

Json appeal_json(Case const& the_case) {
    return the_case.appeal ? Json{{"text", the_case.appeal->text}, {"at", base::to_rfc3339(the_case.appeal->at)}}
                           : Json{};
}

}  // namespace

Json case_json(Case const& the_case, std::optional<moderation::CaseClaim> const& claim, Accounts const& accounts,
               Rooms const& rooms) {
    Json json{{"id", the_case.id},
              {"kind", name(the_case.kind)},
              {"status", the_case.open ? "open" : "decided"},
              {"occasion", name(the_case.occasion)},
              {"field", the_case.field},
              {"room", room_reference(the_case.room, rooms)},
              {"message_id", nullptr},
              {"seq", nullptr},
              {"text", the_case.text},
              {"stream", the_case.stream},
              {"detection", the_case.detection},
              {"count", the_case.count},
              {"further", Json::array()},
              {"author", person_json(the_case.author, accounts)},
              {"created_at", base::to_rfc3339(the_case.created_at)},
              {"updated_at", base::to_rfc3339(the_case.updated_at)},
              {"verdict", the_case.verdict ? moderation::verdict_document(*the_case.verdict) : Json{}},
              {"versions", {{"lexicon", the_case.lexicon}, {"model", the_case.model}}},
              {"reports", Json::array()},
              {"appeal", appeal_json(the_case)},
              {"claim", nullptr},
              {"decision", the_case.decision ? decision_json(*the_case.decision, accounts) : Json{}},
              {"decisions", Json::array()},
              {"stale", the_case.stale},
              {"asks_for_help", moderation::asks_for_help(the_case)}};
    if (!the_case.messages.empty()) {
        json["message_id"] = base::to_string(the_case.messages.back());
        json["seq"] = the_case.messages.back().seq;
    }
    for (auto const& further : the_case.further)
        json["further"].push_back({{"text", further.text}, {"at", base::to_rfc3339(further.at)}});
    for (auto const& report : the_case.reports)
        json["reports"].push_back({{"id", report.id},
                                   {"by", name_of(report.by, accounts)},
                                   {"reason", report.reason},
                                   {"note", report.note},
                                   {"at", base::to_rfc3339(report.at)}});
    if (claim) json["claim"] = {{"by", name_of(claim->by, accounts)}, {"until", base::to_rfc3339(claim->until)}};
    for (auto const& decision : the_case.decisions) json["decisions"].push_back(decision_json(decision, accounts));
    return json;
}

Json own_case_json(Case const& the_case, Rooms const& rooms) {
    Json json{{"case_id", the_case.id},
              {"at", base::to_rfc3339(the_case.created_at)},
              {"occasion", name(the_case.occasion)},
              {"room", room_reference(the_case.room, rooms)},
              {"message_id", the_case.messages.empty() ? Json{} : Json(base::to_string(the_case.messages.back()))},
              {"text", the_case.text},
              {"action", the_case.verdict ? name(the_case.verdict->action) : name(the_case.kind)},
              {"reasons", the_case.verdict ? Json(the_case.verdict->reasons) : Json::array()},
              {"severity", the_case.verdict ? name(the_case.verdict->severity) : name(judge::Severity::none)},
              {"status", the_case.open ? "open" : "decided"},
              {"decision", nullptr},
              {"appeal", appeal_json(the_case)},
              {"can_appeal", moderation::can_appeal(the_case)}};
    if (the_case.decision && the_case.decision->action != moderation::Decision::expired) {
        auto const& decision = *the_case.decision;
        json["decision"] = {{"action", name(decision.action)},
                            {"at", base::to_rfc3339(decision.at)},
                            {"note", decision.note},
                            {"until", decision.until ? Json(base::to_rfc3339(*decision.until)) : Json{}}};
    }
    return json;
}

}  // namespace soyuz::contract
