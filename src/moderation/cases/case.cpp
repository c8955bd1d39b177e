#include "moderation/cases/case.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace soyuz::moderation {

namespace {

constexpr std::array<std::string_view, 9> decision_names{"approve", "remove",          "warn",   "mute", "ban", "grant",
                                                         "reject",  "not_a_violation", "expired"};
constexpr std::array<std::string_view, 5> kind_names{"flagged", "blocked", "reported", "alert", "detection"};

}  // namespace

void Case::keep_decision() {
    if (decision) decisions.push_back(*std::exchange(decision, std::nullopt));
}

std::string_view name(Decision decision) { return decision_names[static_cast<std::size_t>(decision)]; }

std::optional<Decision> decision_of(std::string_view word) {
    for (std::size_t at = 0; at < decision_names.size(); ++at)
        if (decision_names[at] == word) return static_cast<Decision>(at);
    return std::nullopt;
}

std::string_view name(Case::Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

bool is_threat(judge::Verdict const& verdict) {
    return std::find(verdict.reasons.begin(), verdict.reasons.end(), "threat") != verdict.reasons.end();
}

bool is_severe(judge::Verdict const& verdict) {
    return verdict.severity == judge::Severity::high || is_threat(verdict);
}

bool must_be_seen(Case const& the_case) {
    return the_case.kind == Case::Kind::alert || the_case.appeal || !the_case.reports.empty() ||
           (the_case.verdict && is_severe(*the_case.verdict));
}

bool is_about(Case const& the_case, std::string_view text) {
    return the_case.text == text || std::any_of(the_case.further.begin(), the_case.further.end(),
                                                [&](FurtherText const& further) { return further.text == text; });
}

bool is_in_message(Case const& the_case) {
    using Kind = judge::Occasion::Kind;
    return the_case.occasion == Kind::message || the_case.occasion == Kind::edit ||
           the_case.occasion == Kind::file_name || the_case.occasion == Kind::post ||
           the_case.occasion == Kind::comment;
}

bool was_raised_by_others(Case const& the_case, base::UserId const& user) {
    return the_case.kind != Case::Kind::reported ||
           std::any_of(the_case.reports.begin(), the_case.reports.end(),
                       [&](CaseReport const& report) { return report.by != user; });
}

bool is_cry_for_help(judge::Verdict const& verdict) {
    // The policy never blocks these; where others are attacked in the same breath, it does.
    return verdict.action == judge::Action::flag &&
           std::find(verdict.reasons.begin(), verdict.reasons.end(), "self_harm") != verdict.reasons.end();
}

bool asks_for_help(Case const& the_case) {
    if (the_case.kind != Case::Kind::reported) return the_case.kind == Case::Kind::alert;
    auto const& reports = the_case.reports;
    return !reports.empty() && std::all_of(reports.begin(), reports.end(),
                                           [](CaseReport const& report) { return report.reason == "self_harm"; });
}

Case::Kind kind_of(judge::Verdict const& verdict) {
    if (is_cry_for_help(verdict)) return Case::Kind::alert;
    return verdict.action == judge::Action::block ? Case::Kind::blocked : Case::Kind::flagged;
}

bool can_appeal(Case const& appealed) {
    if (appealed.appeal || appealed.kind == Case::Kind::alert) return false;
    bool const is_quiet = appealed.kind == Case::Kind::reported || appealed.kind == Case::Kind::detection;
    if (!appealed.decision) return !is_quiet;
    switch (appealed.decision->action) {
        case Decision::remove:
        case Decision::warn:
        case Decision::mute:
        case Decision::ban: return true;
        case Decision::expired: return appealed.kind == Case::Kind::blocked;
        case Decision::approve:
        case Decision::grant:
        case Decision::reject:
        case Decision::not_a_violation: return false;
    }
    return false;
}

std::string same_text_key(std::string_view text) {
    std::string key;
    bool is_gap = false;
    for (char const c : base::fold_case(base::is_valid_utf8(text) ? text : std::string_view{})) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            is_gap = !key.empty();
            continue;
        }
        if (is_gap) key += ' ';
        is_gap = false;
        key += c;
    }
    // "Idiots", "idiots!" and "idiots !!!" are said as one.
    auto const last = key.find_last_not_of(" !?.,;:~*");
    return last == std::string::npos ? key : key.substr(0, last + 1);
}

}  // namespace soyuz::moderation
