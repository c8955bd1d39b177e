#include "chat/screening.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/names.hpp"
#include "chat/observer.hpp"
#include "chat/settings.hpp"
#include "moderation/cases/case_record.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/cases/cleared_texts.hpp"
#include "moderation/cases/statistics.hpp"
#include "moderation/conduct/near_repeats.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "moderation/conduct/standing.hpp"
#include "moderation/rules/room_rules.hpp"
#include "moderation/rules/rule_book.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using Json = nlohmann::json;
using judge::Action;
using judge::Verdict;
using moderation::Case;
using moderation::Incident;

constexpr unsigned flagged_repeats = 4;
constexpr unsigned blocked_repeats = 8;

Verdict without_objection(Verdict verdict) {
    verdict.action = Action::allow;
    verdict.severity = judge::Severity::none;
    verdict.reasons.clear();
    verdict.matches.clear();
    return verdict;
}

bool contains(std::vector<std::string> const& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

base::Error refused_line(judge::Occasion::Kind kind, std::string const& field) {
    return base::invalid_field(field, kind == judge::Occasion::Kind::name
                                          ? "Please choose another name: this one reads as an insult."
                                          : "This reads as an insult. Please choose other words.");
}

}  // namespace

void Screening::case_changed(Case const& changed, std::optional<moderation::CaseClaim> const& claim,
                             std::size_t open) const {
    if (observer_ != nullptr) observer_->case_changed(changed, claim, open);
}

std::string Screening::log_line(Incident const& incident, Verdict const& verdict, User const* author,
                                Room const* room) const {
    Json line = moderation::verdict_document(verdict);
    line["at"] = base::to_rfc3339(services_.clock.now());
    line["kind"] = name(incident.occasion.kind);
    if (!verdict.case_id.empty()) line["case"] = verdict.case_id;
    bool const is_posted = incident.message && verdict.action != Action::block;
    if (is_posted) line["message"] = base::to_string(*incident.message);
    line["user"] = incident.occasion.author.value;
    line["username"] = author != nullptr ? author->username : std::string{};
    line["room"] = room != nullptr ? room->name : std::string{};
    line["text"] = incident.text;
    line["lexicon"] = services_.judge.lexicon_version();
    line["model"] = services_.judge.model_version();
    return base::to_text(line);
}

bool Screening::minds_repeats(base::RoomId const& room) const {
    auto const rules = services_.rule_book.of(room);
    return !rules || (!contains(rules->categories_off, "spam") && !contains(rules->rules_off, "near_repeat"));
}

void Screening::take_right(User const& author) {
    // Staff who are locked out could not lift anything.
    if (author.role >= Role::moderator || !has_lost_right(author.id)) return;
    if (auto const present = services_.sanctions.mute_of(author.id); present && !present->until) return;
    moderation::Sanction mute;
    mute.kind = moderation::Sanction::Kind::mute;
    mute.user = author.id;
    mute.since = services_.clock.now();
    mute.reason = "Too many of your messages were flagged or blocked. A moderator can give you the right to chat back.";
    services_.sanctions.impose(std::move(mute));
}

Verdict Screening::opinion(std::string_view text, judge::Occasion const& occasion) const {
    auto verdict = services_.judge.judge(text, occasion);
    bool const is_cleared = verdict.action != Action::allow && services_.cleared.contains(text);
    return is_cleared ? without_objection(std::move(verdict)) : verdict;
}

Verdict Screening::ask_judge(std::string_view text, judge::Occasion const& occasion) const {
    auto verdict = services_.judge.judge(text, occasion);
    counts_.add(verdict.action);
    return verdict;
}

Verdict Screening::judge(std::string_view text, judge::Occasion const& occasion) const {
    auto verdict = ask_judge(text, occasion);
    return verdict.action == Action::allow ? verdict : weigh(std::move(verdict), text, occasion);
}

Verdict Screening::judge_post(std::string_view text, judge::Occasion const& occasion) {
    auto verdict = ask_judge(text, occasion);
    // A class that gives the same answer in one room is not a flood: that takes several rooms.
    auto const seen = services_.repeats.note(text, occasion.author, occasion.room, services_.clock.moment());
    bool const is_spread = seen.rooms >= 3 || (seen.rooms == 2 && seen.authors >= 2);
    if (is_spread && seen.repeats >= flagged_repeats && minds_repeats(occasion.room)) {
        auto const wanted = seen.repeats >= blocked_repeats ? Action::block : Action::flag;
        if (wanted > verdict.action) {
            verdict.action = wanted;
            verdict.severity = wanted == Action::block ? judge::Severity::high : judge::Severity::medium;
            verdict.score = std::max(verdict.score, wanted == Action::block ? 0.9 : 0.6);
        }
        auto& reasons = verdict.reasons;
        if (!contains(reasons, "spam")) reasons.emplace_back("spam");
        verdict.matches.push_back({"near_repeat", "spam", 0, 0});
    }
    return verdict.action == Action::allow ? verdict : weigh(std::move(verdict), text, occasion);
}

Verdict Screening::weigh(Verdict verdict, std::string_view text, judge::Occasion const& occasion) const {
    auto const text_key = moderation::same_text_key(text);
    if (services_.cleared.contains_key(text_key)) return without_objection(std::move(verdict));
    if (verdict.action < Action::flag || occasion.author.empty()) return verdict;
    bool const is_violation = !moderation::is_cry_for_help(verdict);
    if (is_only_marked(occasion, verdict)) {
        verdict.action = Action::flag;
        verdict.severity = std::min(verdict.severity, judge::Severity::medium);
    } else if (is_violation && verdict.action == Action::flag &&
               services_.standing.of(occasion.author).violations_24h >= options_.repeat_offender) {
        verdict.action = Action::block;
        verdict.severity = judge::Severity::high;
        verdict.reasons.emplace_back("repeat_offender");
    }
    verdict.case_id = services_.cases.id_for(occasion, verdict, text_key);
    return verdict;
}

bool Screening::is_only_marked(judge::Occasion const& occasion, Verdict const& verdict) const {
    if (occasion.room.empty() || services_.settings.get()->direct_policy != DirectPolicy::mark) return false;
    auto const room = services_.rooms.find(occasion.room);
    if (!room || room->kind != Room::Kind::direct) return false;
    if (verdict.action != Action::block) return !moderation::is_cry_for_help(verdict);
    // Threats, sexual approaches and what gives somebody's private life away reach nobody.
    auto const& reasons = verdict.reasons;
    return !contains(reasons, "threat") && !contains(reasons, "sexual") && !contains(reasons, "personal_info");
}

Screening::Bullying Screening::bullying(Verdict const& verdict) const {
    auto const& reasons = verdict.reasons;
    bool const is_about_words = std::any_of(reasons.begin(), reasons.end(), [](auto const& reason) {
        return reason != "spam" && reason != "personal_info" && reason != "self_harm" && reason != "repeat_offender";
    });
    if (verdict.action >= Action::flag && is_about_words)
        return {true, std::max({verdict.probability, verdict.score, options_.toxic_threshold})};
    bool const is_likely = verdict.action != Action::allow && is_about_words;
    return {is_likely && verdict.probability >= options_.toxic_threshold, verdict.probability};
}

void Screening::record(Incident incident, Verdict const& verdict, std::function<void()> done) {
    auto const finish = [done = std::move(done)] {
        if (done) done();
    };
    if (verdict.action == Action::allow) return finish();
    auto const& occasion = incident.occasion;
    auto const author = occasion.author.empty() ? nullptr : services_.accounts.find(occasion.author);
    auto const room = occasion.room.empty() ? nullptr : services_.rooms.find(occasion.room);
    store::AppendLog line{"moderation_log", log_line(incident, verdict, author.get(), room.get())};
    services_.statistics.note({services_.clock.now(), verdict.action, verdict.reasons,
                               room ? room->name : std::string{}, author ? author->username : std::string{}});
    if (verdict.action == Action::warn || !author) {
        services_.cases.commit([&](store::Batch& batch) {
            batch.push_back(std::move(line));
            if (author) services_.standing.count(author->id, {}, Action::warn, batch);
        });
        return finish();
    }
    bool const is_cry = moderation::is_cry_for_help(verdict);
    incident.kind = moderation::kind_of(verdict);
    incident.verdict = verdict;
    incident.lexicon = services_.judge.lexicon_version();
    incident.model = services_.judge.model_version();
    auto const kind = occasion.kind;
    services_.cases.record(
        std::move(incident),
        [&](store::Batch& batch, Case const& recorded) {
            batch.push_back(std::move(line));
            if (!is_cry) services_.standing.count(author->id, recorded.id, verdict.action, batch, kind);
        },
        [finish](base::Result<void> const&) { finish(); });
    if (!is_cry) return take_right(*author);
    if (observer_ != nullptr) observer_->help_offered(author->id, room.get());
}

base::Result<void> Screening::judge_line(judge::Occasion::Kind kind, UserPtr const& author, Room const* room,
                                         std::string_view text, std::string const& field) {
    if (text.empty()) return {};
    Incident incident;
    incident.occasion.kind = kind;
    if (room != nullptr) incident.occasion.room = room->id;
    incident.occasion.author = author->id;
    incident.field = field;
    incident.text = text;
    auto const verdict = judge(text, incident.occasion);
    record(std::move(incident), verdict);
    if (verdict.action != Action::block) return {};
    return refused_line(kind, field);
}

base::Result<void> Screening::judge_new_name(std::string_view text, std::string const& field) const {
    using Kind = judge::Occasion::Kind;
    if (text.empty() || judge(text, {Kind::name, {}, {}}).action != Action::block) return {};
    return refused_line(Kind::name, field);
}

Verdict Screening::shown(Verdict const& verdict, Room const& room) const {
    if (moderation::is_cry_for_help(verdict)) return {};
    auto const rules = services_.rule_book.of(room.id);
    return rules && rules->author_only && verdict.action == Action::flag ? Verdict{} : verdict;
}

void Screening::count_allowed() { services_.statistics.count_allowed(services_.clock.now()); }

bool Screening::has_lost_right(base::UserId const& user) const {
    return services_.standing.of(user).counted >= options_.max_violations;
}

void Screening::forgive(base::UserId const& user) {
    services_.cases.commit([&](store::Batch& batch) { services_.standing.forgive(user, batch); });
}

}  // namespace soyuz::chat
