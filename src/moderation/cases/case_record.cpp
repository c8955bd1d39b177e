#include "moderation/cases/case_record.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include <nlohmann/json.hpp>

#include "base/json.hpp"

namespace soyuz::moderation {

namespace {

using base::Json;
using base::Timestamp;

std::string text_of(Json const& json, char const* key) {
    auto const found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::uint64_t number_of(Json const& json, char const* key) {
    auto const found = json.find(key);
    return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

bool flag_of(Json const& json, char const* key) {
    auto const found = json.find(key);
    return found != json.end() && *found == true;
}

Timestamp time_of(Json const& json, char const* key) {
    return base::parse_rfc3339(text_of(json, key)).value_or(Timestamp{});
}

Json const& list_of(Json const& json, char const* key) {
    static Json const none = Json::array();
    auto const found = json.find(key);
    return found != json.end() && found->is_array() ? *found : none;
}

template <class Value>
std::optional<Value> named(std::string_view word, std::initializer_list<Value> all) {
    for (auto const value : all)
        if (name(value) == word) return value;
    return std::nullopt;
}

/// Six digits are more than any score is good for.
double rounded(double value) { return std::round(value * 1e6) / 1e6; }

Json decision_document(CaseDecision const& decision) {
    Json json{{"action", name(decision.action)}, {"by", decision.by.value}, {"at", base::to_rfc3339(decision.at)}};
    if (!decision.note.empty()) json["note"] = decision.note;
    if (decision.minutes != 0) json["minutes"] = decision.minutes;
    if (decision.until) json["until"] = base::to_rfc3339(*decision.until);
    json["undo_until"] = base::to_rfc3339(decision.undo_until);
    if (decision.undone) json["undone"] = true;
    if (decision.took_back) json["took_back"] = true;
    if (!decision.before.empty()) json["before"] = decision.before;
    if (decision.posted) json["posted"] = base::to_string(*decision.posted);
    if (!decision.replaced.empty()) json["replaced"] = decision.replaced;
    return json;
}

std::optional<CaseDecision> parse_decision(Json const& json) {
    if (!json.is_object()) return std::nullopt;
    auto const action = decided_of(text_of(json, "action"));
    if (!action) return std::nullopt;
    CaseDecision decision;
    decision.action = *action;
    decision.by = base::UserId{text_of(json, "by")};
    decision.at = time_of(json, "at");
    decision.note = text_of(json, "note");
    decision.minutes = static_cast<unsigned>(number_of(json, "minutes"));
    decision.until = base::parse_rfc3339(text_of(json, "until"));
    decision.undo_until = time_of(json, "undo_until");
    decision.undone = flag_of(json, "undone");
    decision.took_back = flag_of(json, "took_back");
    for (auto const& body : list_of(json, "before"))
        if (body.is_string()) decision.before.push_back(body.get<std::string>());
    decision.posted = base::parse_message_id(text_of(json, "posted"));
    decision.replaced = text_of(json, "replaced");
    return decision;
}

}  // namespace

Json verdict_document(judge::Verdict const& verdict) {
    auto matches = Json::array();
    for (auto const& match : verdict.matches)
        matches.push_back(
            {{"term", match.term}, {"category", match.category}, {"start", match.start}, {"end", match.end}});
    return {{"action", name(verdict.action)},  {"severity", name(verdict.severity)},
            {"score", rounded(verdict.score)}, {"probability", rounded(verdict.probability)},
            {"reasons", verdict.reasons},      {"matches", std::move(matches)},
            {"language", verdict.language}};
}

judge::Verdict parse_verdict(Json const& json) {
    judge::Verdict verdict;
    if (!json.is_object()) return verdict;
    verdict.action = named(text_of(json, "action"),
                           {judge::Action::allow, judge::Action::warn, judge::Action::flag, judge::Action::block})
                         .value_or(judge::Action::allow);
    verdict.severity = named(text_of(json, "severity"), {judge::Severity::none, judge::Severity::low,
                                                         judge::Severity::medium, judge::Severity::high})
                           .value_or(judge::Severity::none);
    auto const fraction = [&](char const* key) {
        auto const found = json.find(key);
        return found != json.end() && found->is_number() ? std::clamp(found->get<double>(), 0.0, 1.0) : 0.0;
    };
    verdict.score = fraction("score");
    verdict.probability = fraction("probability");
    for (auto const& reason : list_of(json, "reasons"))
        if (reason.is_string()) verdict.reasons.push_back(reason.get<std::string>());
    for (auto const& match : list_of(json, "matches")) {
        if (!match.is_object()) continue;
        verdict.matches.push_back({text_of(match, "term"), text_of(match, "category"),
                                   static_cast<std::size_t>(number_of(match, "start")),
                                   static_cast<std::size_t>(number_of(match, "end"))});
    }
    verdict.language = text_of(json, "language");
    return verdict;
}

std::string case_document(Case const& one) {
    Json json{{"kind", name(one.kind)},
              {"status", one.open ? "open" : "decided"},
              {"occasion", name(one.occasion)},
              {"author", one.author.value},
              {"text", one.text},
              {"count", one.count},
              {"created_at", base::to_rfc3339(one.created_at)},
              {"updated_at", base::to_rfc3339(one.updated_at)}};
    if (!one.field.empty()) json["field"] = one.field;
    if (!one.room.empty()) json["room"] = one.room.value;
    for (auto const& id : one.messages) json["messages"].push_back(base::to_string(id));
    if (one.reply_to != 0) json["reply_to"] = one.reply_to;
    if (one.verdict) json["verdict"] = verdict_document(*one.verdict);
    if (!one.lexicon.empty()) json["lexicon"] = one.lexicon;
    if (!one.model.empty()) json["model"] = one.model;
    for (auto const& report : one.reports)
        json["reports"].push_back({{"id", report.id},
                                   {"by", report.by.value},
                                   {"reason", report.reason},
                                   {"note", report.note},
                                   {"at", base::to_rfc3339(report.at)}});
    if (one.appeal) json["appeal"] = {{"text", one.appeal->text}, {"at", base::to_rfc3339(one.appeal->at)}};
    if (one.decision) json["decision"] = decision_document(*one.decision);
    for (auto const& decision : one.decisions) json["decisions"].push_back(decision_document(decision));
    if (one.stale) json["stale"] = true;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Case> parse_case(std::string const& id, Json const& json) {
    using Kind = judge::Occasion::Kind;
    if (!json.is_object()) return std::nullopt;
    auto const kind = named(text_of(json, "kind"),
                            {Case::Kind::flagged, Case::Kind::blocked, Case::Kind::reported, Case::Kind::alert});
    auto const occasion =
        named(text_of(json, "occasion"), {Kind::message, Kind::edit, Kind::name, Kind::topic, Kind::reaction,
                                          Kind::status, Kind::file_name, Kind::post, Kind::comment});
    if (!kind || !occasion) return std::nullopt;
    Case one;
    one.id = id;
    one.kind = *kind;
    one.open = text_of(json, "status") != "decided";
    one.occasion = *occasion;
    one.field = text_of(json, "field");
    one.room = base::RoomId{text_of(json, "room")};
    one.author = base::UserId{text_of(json, "author")};
    for (auto const& message : list_of(json, "messages")) {
        if (!message.is_string()) continue;
        if (auto found = base::parse_message_id(message.get<std::string>())) one.messages.push_back(std::move(*found));
    }
    one.text = text_of(json, "text");
    one.reply_to = number_of(json, "reply_to");
    one.count = static_cast<unsigned>(std::max<std::uint64_t>(1, number_of(json, "count")));
    one.created_at = time_of(json, "created_at");
    one.updated_at = time_of(json, "updated_at");
    if (json.contains("verdict")) one.verdict = parse_verdict(json["verdict"]);
    if (one.verdict) one.verdict->case_id = id;
    one.lexicon = text_of(json, "lexicon");
    one.model = text_of(json, "model");
    for (auto const& report : list_of(json, "reports")) {
        if (!report.is_object()) continue;
        one.reports.push_back({text_of(report, "id"), base::UserId{text_of(report, "by")}, text_of(report, "reason"),
                               text_of(report, "note"), time_of(report, "at")});
    }
    if (auto const appeal = json.find("appeal"); appeal != json.end() && appeal->is_object())
        one.appeal = CaseAppeal{text_of(*appeal, "text"), time_of(*appeal, "at")};
    if (auto const decision = json.find("decision"); decision != json.end()) one.decision = parse_decision(*decision);
    for (auto const& decision : list_of(json, "decisions"))
        if (auto parsed = parse_decision(decision)) one.decisions.push_back(std::move(*parsed));
    one.stale = flag_of(json, "stale");
    return one;
}

}  // namespace soyuz::moderation
