#include "chat/guard.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/case_shapes.hpp"
#include "chat/names.hpp"
#include "chat/observer.hpp"
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

constexpr std::string_view words_of_help =
    "It sounds as if you are going through a hard time. You are not alone, and talking helps: tell an adult or a "
    "friend "
    "you trust, or call a helpline. Pakistan: Umang 0311 7786264. India: Tele-MANAS 14416. UK and Ireland: Samaritans "
    "116 123. USA and Canada: 988. Elsewhere: findahelpline.com. In danger now: call your emergency number.";

constexpr unsigned flagged_repeats = 4;
constexpr unsigned blocked_repeats = 8;

Verdict without_objection(Verdict verdict) {
    verdict.action = Action::allow;
    verdict.severity = judge::Severity::none;
    verdict.reasons.clear();
    verdict.matches.clear();
    return verdict;
}

std::string dump(Json const& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

struct Guard::Implementation {
    Implementation(store::Store& where, judge::Judge const& judges, Accounts const& who, Rooms const& places,
                   moderation::Sanctions& penalties, base::Clock const& time, GuardOptions wishes)
        : store(where),
          judge(judges),
          accounts(who),
          rooms(places),
          sanctions(penalties),
          clock(time),
          options(wishes),
          cases(where, time),
          standing(where, time),
          cleared(where),
          rule_book(where),
          statistics(where, time) {
        cases.on_changed = [this](moderation::CasePtr const& one) { tell_of_case(one); };
    }

    void tell_of_case(moderation::CasePtr const& one) {
        if (observer == nullptr) return;
        Json const event{{"type", "moderation_case"},
                         {"case", case_json(*one, cases.claim_of(one->id), accounts, rooms)},
                         {"open", cases.open_count()}};
        observer->tell_moderators(dump(event));
    }

    std::string log_line(Incident const& incident, Verdict const& verdict) const {
        Json line = moderation::verdict_document(verdict);
        line["at"] = base::to_rfc3339(clock.now());
        line["kind"] = name(incident.occasion.kind);
        if (!verdict.case_id.empty()) line["case"] = verdict.case_id;
        bool const is_posted = incident.message && verdict.action != Action::block;
        if (is_posted) line["message"] = base::to_string(*incident.message);
        line["user"] = incident.occasion.author.value;
        line["username"] = incident.author ? incident.author->username : std::string{};
        line["room"] = incident.room != nullptr ? incident.room->name : std::string{};
        line["text"] = incident.text;
        line["lexicon"] = judge.lexicon_version();
        line["model"] = judge.model_version();
        return dump(line);
    }

    bool minds_repeats(base::RoomId const& room) const {
        auto const rules = rule_book.of(room);
        if (!rules) return true;
        auto const has = [](auto const& list, std::string_view word) {
            return std::find(list.begin(), list.end(), word) != list.end();
        };
        return !has(rules->categories_off, "spam") && !has(rules->rules_off, "near_repeat");
    }

    void take_right(UserPtr const& author) {
        // Staff who are locked out couldn't lift anything.
        if (author->role >= Role::moderator || standing.of(author->id).counted <= options.max_violations) return;
        if (auto const present = sanctions.mute_of(author->id); present && !present->until) return;
        moderation::Sanction mute;
        mute.kind = moderation::Sanction::Kind::mute;
        mute.user = author->id;
        mute.since = clock.now();
        mute.reason =
            "Too many of your messages were flagged or blocked. A moderator can give you the right to chat back.";
        sanctions.impose(std::move(mute));
    }

    store::Store& store;
    judge::Judge const& judge;
    Accounts const& accounts;
    Rooms const& rooms;
    moderation::Sanctions& sanctions;
    base::Clock const& clock;
    GuardOptions const options;
    moderation::Cases cases;
    moderation::Standing standing;
    moderation::ClearedTexts cleared;
    moderation::RuleBook rule_book;
    moderation::Statistics statistics;
    moderation::NearRepeats repeats;
    Observer* observer = nullptr;
};

Guard::Guard(store::Store& store, judge::Judge const& judge, Accounts const& accounts, Rooms const& rooms,
             moderation::Sanctions& sanctions, base::Clock const& clock, GuardOptions options)
    : implementation_(std::make_unique<Implementation>(store, judge, accounts, rooms, sanctions, clock, options)) {}
Guard::~Guard() = default;

void Guard::observe(Observer& observer) { implementation_->observer = &observer; }

Verdict Guard::opinion(std::string_view text, judge::Occasion const& occasion) const {
    auto const& own = *implementation_;
    auto verdict = own.judge.judge(text, occasion);
    bool const is_cleared = verdict.action != Action::allow && own.cleared.contains(text);
    return is_cleared ? without_objection(std::move(verdict)) : verdict;
}

Verdict Guard::judge(std::string_view text, judge::Occasion const& occasion) const {
    auto const& own = *implementation_;
    auto verdict = own.judge.judge(text, occasion);
    return verdict.action == Action::allow ? verdict : weigh(std::move(verdict), text, occasion);
}

Verdict Guard::judge_post(std::string_view text, judge::Occasion const& occasion) {
    auto& own = *implementation_;
    auto verdict = own.judge.judge(text, occasion);
    // A class that gives the same answer in one room is no flood: it takes several rooms.
    auto const seen = own.repeats.note(text, occasion.author, occasion.room, own.clock.moment());
    bool const is_spread = seen.rooms >= 3 || (seen.rooms == 2 && seen.authors >= 2);
    if (is_spread && seen.repeats >= flagged_repeats && own.minds_repeats(occasion.room)) {
        auto const wanted = seen.repeats >= blocked_repeats ? Action::block : Action::flag;
        if (wanted > verdict.action) {
            verdict.action = wanted;
            verdict.severity = wanted == Action::block ? judge::Severity::high : judge::Severity::medium;
            verdict.score = std::max(verdict.score, wanted == Action::block ? 0.9 : 0.6);
        }
        auto& reasons = verdict.reasons;
        if (std::find(reasons.begin(), reasons.end(), "spam") == reasons.end()) reasons.emplace_back("spam");
        verdict.matches.push_back({"near_repeat", "spam", 0, 0});
    }
    return verdict.action == Action::allow ? verdict : weigh(std::move(verdict), text, occasion);
}

Verdict Guard::weigh(Verdict verdict, std::string_view text, judge::Occasion const& occasion) const {
    auto const& own = *implementation_;
    if (own.cleared.contains(text)) return without_objection(std::move(verdict));
    if (verdict.action < Action::flag || occasion.author.empty()) return verdict;
    bool const is_violation = !moderation::is_cry_for_help(verdict);
    if (is_violation && verdict.action == Action::flag &&
        own.standing.of(occasion.author).violations_24h >= own.options.repeat_offender) {
        verdict.action = Action::block;
        verdict.severity = judge::Severity::high;
        verdict.reasons.emplace_back("repeat_offender");
    }
    verdict.case_id = own.cases.id_for(occasion.author, text);
    return verdict;
}

void Guard::record(Incident incident, Verdict const& verdict, std::function<void()> done) {
    auto& own = *implementation_;
    auto const finish = [done = std::move(done)] {
        if (done) done();
    };
    if (verdict.action == Action::allow) return finish();
    store::AppendLog line{"moderation_log", own.log_line(incident, verdict)};
    own.statistics.note({own.clock.now(), verdict.action, verdict.reasons,
                         incident.room != nullptr ? incident.room->name : std::string{},
                         incident.author ? incident.author->username : std::string{}});
    if (verdict.action == Action::warn || !incident.author) {
        own.cases.commit([&](store::Batch& batch) {
            batch.push_back(std::move(line));
            if (incident.author) own.standing.count(incident.author->id, {}, Action::warn, batch);
        });
        return finish();
    }
    bool const is_cry = moderation::is_cry_for_help(verdict);
    moderation::Cases::Incident call;
    call.kind = is_cry                            ? Case::Kind::alert
                : verdict.action == Action::block ? Case::Kind::blocked
                                                  : Case::Kind::flagged;
    call.occasion = incident.occasion;
    call.field = std::move(incident.field);
    call.message = incident.message;
    call.reply_to = incident.reply_to;
    call.verdict = verdict;
    call.lexicon = own.judge.lexicon_version();
    call.model = own.judge.model_version();
    call.text = std::move(incident.text);
    auto const& author = incident.author;
    own.cases.record(
        std::move(call),
        [&](store::Batch& batch, Case const& one) {
            batch.push_back(std::move(line));
            if (!is_cry) own.standing.count(author->id, one.id, verdict.action, batch);
        },
        [finish](base::Result<void> const&) { finish(); });
    if (!is_cry) return own.take_right(author);
    if (own.observer == nullptr) return;
    Json const event{{"type", "system"},
                     {"room", incident.room != nullptr ? Json(incident.room->name) : Json{}},
                     {"text", words_of_help},
                     {"level", "help"},
                     {"key", "help.self_harm"}};
    own.observer->tell_user(author->id, dump(event));
}

base::Result<void> Guard::judge_line(judge::Occasion::Kind kind, UserPtr const& author, Room const* room,
                                     std::string_view text, std::string const& field) {
    if (text.empty()) return {};
    Incident incident;
    incident.occasion.kind = kind;
    if (room != nullptr) incident.occasion.room = room->id;
    if (author) incident.occasion.author = author->id;
    incident.author = author;
    incident.room = room;
    incident.field = field;
    incident.text = text;
    auto const verdict = judge(text, incident.occasion);
    record(std::move(incident), verdict);
    if (verdict.action != Action::block) return {};
    return base::invalid_field(field, kind == judge::Occasion::Kind::name
                                          ? "Please choose another name: this one reads as an insult."
                                          : "This reads as an insult. Please choose other words.");
}

Verdict Guard::shown(Verdict const& verdict, Room const& room) const {
    if (moderation::is_cry_for_help(verdict)) return {};
    auto const rules = implementation_->rule_book.of(room.id);
    return rules && rules->author_only && verdict.action == Action::flag ? Verdict{} : verdict;
}

void Guard::count_allowed() { implementation_->statistics.count_allowed(implementation_->clock.now()); }

bool Guard::has_lost_right(base::UserId const& user) const {
    return implementation_->standing.of(user).counted > implementation_->options.max_violations;
}

void Guard::forgive(base::UserId const& user) {
    auto& own = *implementation_;
    own.cases.commit([&](store::Batch& batch) { own.standing.forgive(user, batch); });
}

unsigned Guard::max_violations() const { return implementation_->options.max_violations; }
moderation::Cases& Guard::cases() { return implementation_->cases; }
moderation::Standing& Guard::standing() { return implementation_->standing; }
moderation::ClearedTexts& Guard::cleared() { return implementation_->cleared; }
moderation::RuleBook& Guard::rule_book() { return implementation_->rule_book; }
moderation::Statistics& Guard::statistics() { return implementation_->statistics; }

}  // namespace soyuz::chat
