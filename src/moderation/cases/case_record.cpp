#include "moderation/cases/case_record.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"

namespace soyuz::moderation {

namespace {

using base::Json;
using base::Members;
using base::Timestamp;

/// Reads each object of an array.
template <class Visit>
void each_object(Members const& fields, char const* key, Visit const& visit) {
    auto const* const list = fields.find(key);
    if (list == nullptr || !list->is_array()) return;
    for (auto const& value : *list)
        if (value.is_object()) visit(Members{value});
}

Timestamp time_of(Members const& fields, char const* key) { return fields.time(key).value_or(Timestamp{}); }

template <class Value>
std::optional<Value> named(std::string_view word, std::initializer_list<Value> all) {
    for (auto const value : all)
        if (name(value) == word) return value;
    return std::nullopt;
}

/// A score is good for fewer than six digits.
double rounded(double value) { return std::round(value * 1e6) / 1e6; }

Json decision_document(DecisionRecord const& decision) {
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

std::optional<DecisionRecord> parse_decision(Members const& fields) {
    auto const action = decision_of(fields.text("action"));
    if (!action) return std::nullopt;
    DecisionRecord decision;
    decision.action = *action;
    decision.by = base::UserId{fields.text("by")};
    decision.at = time_of(fields, "at");
    decision.note = fields.text("note");
    decision.minutes = static_cast<unsigned>(fields.number("minutes"));
    decision.until = fields.time("until");
    decision.undo_until = time_of(fields, "undo_until");
    decision.undone = fields.flag("undone");
    decision.took_back = fields.flag("took_back");
    decision.before = fields.texts("before");
    decision.posted = base::parse_message_id(fields.text("posted"));
    decision.replaced = fields.text("replaced");
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
    using judge::Action;
    using judge::Severity;
    judge::Verdict verdict;
    Members const fields{json};
    verdict.action = named(fields.text("action"), {Action::allow, Action::warn, Action::flag, Action::block})
                         .value_or(Action::allow);
    verdict.severity = named(fields.text("severity"), {Severity::none, Severity::low, Severity::medium, Severity::high})
                           .value_or(Severity::none);
    verdict.score = std::clamp(fields.fraction("score"), 0.0, 1.0);
    verdict.probability = std::clamp(fields.fraction("probability"), 0.0, 1.0);
    verdict.reasons = fields.texts("reasons");
    each_object(fields, "matches", [&](Members const& match) {
        verdict.matches.push_back({match.text("term"), match.text("category"),
                                   static_cast<std::size_t>(match.number("start")),
                                   static_cast<std::size_t>(match.number("end"))});
    });
    verdict.language = fields.text("language");
    return verdict;
}

std::string case_document(Case const& subject) {
    Json json{{"kind", name(subject.kind)},
              {"status", subject.open ? "open" : "decided"},
              {"occasion", name(subject.occasion)},
              {"author", subject.author.value},
              {"text", subject.text},
              {"count", subject.count},
              {"created_at", base::to_rfc3339(subject.created_at)},
              {"updated_at", base::to_rfc3339(subject.updated_at)}};
    if (!subject.field.empty()) json["field"] = subject.field;
    if (!subject.room.empty()) json["room"] = subject.room.value;
    for (auto const& id : subject.messages) json["messages"].push_back(base::to_string(id));
    if (subject.reply_to != 0) json["reply_to"] = subject.reply_to;
    if (!subject.stream.empty()) json["stream"] = subject.stream;
    if (!subject.detection.empty()) json["detection"] = subject.detection;
    if (subject.verdict) json["verdict"] = verdict_document(*subject.verdict);
    for (auto const& further : subject.further) {
        Json line{{"text", further.text}, {"at", base::to_rfc3339(further.at)}};
        if (further.message) line["message"] = base::to_string(*further.message);
        json["further"].push_back(std::move(line));
    }
    if (!subject.lexicon.empty()) json["lexicon"] = subject.lexicon;
    if (!subject.model.empty()) json["model"] = subject.model;
    for (auto const& report : subject.reports)
        json["reports"].push_back({{"id", report.id},
                                   {"by", report.by.value},
                                   {"reason", report.reason},
                                   {"note", report.note},
                                   {"at", base::to_rfc3339(report.at)}});
    if (subject.appeal) json["appeal"] = {{"text", subject.appeal->text}, {"at", base::to_rfc3339(subject.appeal->at)}};
    if (subject.decision) json["decision"] = decision_document(*subject.decision);
    for (auto const& decision : subject.decisions) json["decisions"].push_back(decision_document(decision));
    if (subject.stale) json["stale"] = true;
    return base::to_text(json);
}

std::optional<Case> parse_case(std::string const& id, Json const& json) {
    using Kind = judge::Occasion::Kind;
    Members const fields{json};
    auto const kind = named(fields.text("kind"), {Case::Kind::flagged, Case::Kind::blocked, Case::Kind::reported,
                                                  Case::Kind::alert, Case::Kind::detection});
    auto const occasion =
        named(fields.text("occasion"), {Kind::message, Kind::edit, Kind::name, Kind::topic, Kind::reaction,
                                        Kind::status, Kind::file_name, Kind::post, Kind::comment});
    if (!kind || !occasion) return std::nullopt;
    Case parsed;
    parsed.id = id;
    parsed.kind = *kind;
    parsed.open = fields.text("status") != "decided";
    parsed.occasion = *occasion;
    parsed.field = fields.text("field");
    parsed.room = base::RoomId{fields.text("room")};
    parsed.author = base::UserId{fields.text("author")};
    for (auto const& message : fields.texts("messages"))
        if (auto found = base::parse_message_id(message)) parsed.messages.push_back(std::move(*found));
    parsed.text = fields.text("text");
    parsed.text_key = same_text_key(parsed.text);
    parsed.reply_to = fields.number("reply_to");
    parsed.stream = fields.text("stream");
    parsed.detection = fields.text("detection");
    parsed.count = static_cast<unsigned>(std::max<std::uint64_t>(1, fields.number("count")));
    parsed.created_at = time_of(fields, "created_at");
    parsed.updated_at = time_of(fields, "updated_at");
    each_object(fields, "further", [&](Members const& further) {
        parsed.further.push_back(
            {further.text("text"), base::parse_message_id(further.text("message")), time_of(further, "at")});
    });
    if (auto const* const verdict = fields.find("verdict")) {
        parsed.verdict = parse_verdict(*verdict);
        parsed.verdict->case_id = id;
    }
    parsed.lexicon = fields.text("lexicon");
    parsed.model = fields.text("model");
    each_object(fields, "reports", [&](Members const& report) {
        parsed.reports.push_back({report.text("id"), base::UserId{report.text("by")}, report.text("reason"),
                                  report.text("note"), time_of(report, "at")});
    });
    if (auto const* const appeal = fields.find("appeal"); appeal != nullptr && appeal->is_object()) {
        Members const appealed{*appeal};
        parsed.appeal = CaseAppeal{appealed.text("text"), time_of(appealed, "at")};
    }
    if (auto const* const decision = fields.find("decision")) parsed.decision = parse_decision(Members{*decision});
    each_object(fields, "decisions", [&](Members const& decision) {
        if (auto earlier = parse_decision(decision)) parsed.decisions.push_back(std::move(*earlier));
    });
    parsed.stale = fields.flag("stale");
    return parsed;
}

}  // namespace soyuz::moderation
