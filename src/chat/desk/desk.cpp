#include "chat/desk/desk.hpp"

#include <future>
#include <map>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/observer.hpp"
#include "chat/screening.hpp"
#include "moderation/cases/cases.hpp"
#include "moderation/cases/cleared_texts.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "moderation/conduct/standing.hpp"
#include "store/commit_later.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::Json;
using base::Result;
using moderation::Case;
using moderation::CasePtr;
using moderation::Decision;
using moderation::DecisionRecord;
using moderation::Sanction;

constexpr std::chrono::minutes undo_time_of_ban{10};
constexpr unsigned longest_minutes = 60U * 24 * 3660;

bool lets_stand(Decision action) {
    return action == Decision::approve || action == Decision::grant || action == Decision::not_a_violation;
}
/// What may stand counts against nobody.
bool takes_back(Decision action) { return lets_stand(action); }
bool is_sanction(Decision action) { return action == Decision::mute || action == Decision::ban; }

/// For the person whom it was done to.
std::string reason_in_words(Case const& the_case) {
    static std::map<std::string_view, std::string_view> const words{
        {"profanity", "Swear words."},
        {"hate_speech", "Hatred against a group."},
        {"harassment", "Insult or harassment."},
        {"threat", "A threat."},
        {"sexual", "Sexual content."},
        {"spam", "Spam."},
        {"personal_info", "Private information."},
        {"repeat_offender", "Several violations in one day."},
    };
    if (!the_case.verdict || the_case.verdict->reasons.empty()) return {};
    auto const found = words.find(the_case.verdict->reasons.front());
    return found == words.end() ? std::string{} : std::string{found->second};
}

std::optional<Error> fault_of(Desk::DecisionRequest const& request, Case const& the_case) {
    if (request.action == Decision::expired) return base::invalid_field("action", "This must be a decision.");
    bool const is_punishment = is_sanction(request.action) || request.action == Decision::warn;
    if (is_punishment && asks_for_help(the_case))
        return base::invalid_field("action", "Somebody may need help here: nobody is punished for it.");
    if (request.action == Decision::mute && !request.minutes && !request.until)
        return base::invalid_field("minutes", "Say for how long.");
    if (request.minutes && (*request.minutes == 0 || *request.minutes > longest_minutes))
        return base::invalid_field("minutes", "This must be from 1 to 5270400.");
    bool const answers_appeal = request.action == Decision::grant || request.action == Decision::reject;
    if (answers_appeal && !the_case.appeal) return base::invalid_field("action", "Nobody appealed in this case.");
    return std::nullopt;
}

}  // namespace

Desk::Desk(moderation::Cases& cases, moderation::Standing& standing, moderation::ClearedTexts& cleared,
           Screening& screening, Messages& messages, Rooms& rooms, Accounts& accounts, moderation::Sanctions& sanctions,
           Kicks& kicks, base::Clock const& clock)
    : cases_(cases),
      standing_(standing),
      cleared_(cleared),
      screening_(screening),
      messages_(messages),
      accounts_(accounts),
      sanctions_(sanctions),
      kicks_(kicks),
      clock_(clock),
      effects_(messages, rooms, accounts, clock) {}

std::optional<Error> Desk::refusal(User const& actor, Case const& the_case) const {
    if (the_case.author == actor.id) return Error{Code::forbidden, "Somebody else handles cases about you."};
    auto const author = accounts_.find(the_case.author);
    if (!author || author->deleted || author->role < actor.role) return std::nullopt;
    // Nobody ranks above the owner, so owners decide about each other.
    if (actor.role == Role::owner) return std::nullopt;
    return Error{Code::forbidden, "You can act only on people whose role is below yours."};
}

Result<CasePtr> Desk::case_for(User const& actor, std::string_view id) const {
    auto found = cases_.find(id);
    if (!found) return Error{Code::not_found, "There is no such case."};
    if (auto const refused = refusal(actor, *found)) return *refused;
    return found;
}

std::function<bool(base::UserId const&)> Desk::outranks(User const& actor) const {
    return [this, role = actor.role](base::UserId const& other) {
        auto const user = accounts_.find(other);
        // Moderators whose account is gone keep the least that they had.
        return (user && !user->deleted ? user->role : Role::moderator) < role;
    };
}

void Desk::log(store::Batch& batch, User const& actor, Case const& the_case, std::string_view action,
               std::string_view note) const {
    auto const author = accounts_.find(the_case.author);
    auto const at = base::to_rfc3339(clock_.now());
    Json line{{"at", at},         {"kind", "decision"},           {"case", the_case.id}, {"by", actor.username},
              {"action", action}, {"user", the_case.author.value}};
    Json audit{{"at", at}, {"action", "case_" + std::string{action}}, {"by", actor.username}, {"case", the_case.id}};
    if (!note.empty()) line["note"] = note;
    if (author) audit["user"] = line["username"] = author->username;
    batch.push_back(store::AppendLog{"moderation_log", base::to_text(line)});
    batch.push_back(store::AppendLog{"audit_log", base::to_text(audit)});
}

Result<void> Desk::sanction(User const& actor, Case const& the_case, DecisionRequest const& request,
                            DecisionRecord& decision) {
    auto const author = accounts_.find(the_case.author);
    if (!author || author->deleted) return Error{Code::conflict, "The account is gone."};
    Sanction sanction;
    sanction.kind = request.action == Decision::ban ? Sanction::Kind::ban : Sanction::Kind::mute;
    sanction.user = author->id;
    sanction.by = actor.username;
    sanction.reason = request.note;
    if (sanction.reason.empty()) sanction.reason = reason_in_words(the_case);
    sanction.since = clock_.now();
    sanction.until = request.until;
    if (!sanction.until && request.minutes) sanction.until = sanction.since + std::chrono::minutes{*request.minutes};
    if (sanction.until && *sanction.until <= sanction.since)
        return base::invalid_field("until", "This must lie in the future.");
    decision.until = sanction.until;
    // A mute that lasts longer is not shortened, for example one that came by itself.
    auto const present =
        sanction.kind == Sanction::Kind::mute ? sanctions_.mute_of(author->id) : sanctions_.exclusion_of(author->id);
    bool const outlasts = present && (!present->until || (sanction.until && *present->until > *sanction.until));
    if (outlasts) return {};
    return store::await<base::Result<void>>(
        [&](auto done) { sanctions_.impose(std::move(sanction), {}, std::move(done)); });
}

void Desk::give_right_back(base::UserId const& author) {
    auto const mute = sanctions_.mute_of(author);
    if (!mute || !mute->by.empty() || screening_.has_lost_right(author)) return;
    if (auto const lifted = sanctions_.lift(author, Sanction::Kind::mute);
        !lifted && lifted.error().code != Code::not_found)
        base::log::error("an automatic mute could not be lifted");
}

void Desk::tell(Case const& the_case, std::string_view action, std::string_view note) {
    if (observer_ == nullptr) return;
    bool const is_undone = !the_case.decision;
    auto const decided = the_case.decision ? the_case.decision->action : Decision::approve;
    // Authors do not hear of reports and alerts that lead to nothing.
    bool const is_of_others = the_case.kind == Case::Kind::reported || the_case.kind == Case::Kind::alert ||
                              the_case.kind == Case::Kind::detection;
    bool const is_quiet = is_of_others && !the_case.appeal && (is_undone || lets_stand(decided));
    if (!is_quiet) {
        MessagePtr standing;
        if (the_case.decision && lets_stand(decided) && !the_case.messages.empty()) {
            auto const author = accounts_.find(the_case.author);
            auto const message =
                author ? messages_.history.find(*author, the_case.messages.back()) : Error{Code::not_found, ""};
            if (message && !(*message)->deleted) standing = *message;
        }
        observer_->case_decided(the_case, action, note, standing);
    }
    if (is_undone) return;
    for (auto const& report : the_case.reports) observer_->report_decided(the_case, report, !lets_stand(decided));
}

Result<CasePtr> Desk::decide(UserPtr const& actor, std::string_view id, DecisionRequest const& request) {
    auto const before = case_for(*actor, id);
    if (!before) return before;
    if (auto const fault = fault_of(request, **before)) return *fault;
    auto const begun = cases_.begin(id, actor->id, true, outranks(*actor));
    if (!begun) return begun.error();
    auto const& the_case = **begun;

    DecisionRecord decision;
    decision.action = request.action;
    decision.by = actor->id;
    decision.at = clock_.now();
    decision.note = request.note;
    decision.minutes = is_sanction(request.action) ? request.minutes.value_or(0) : 0;
    decision.took_back = takes_back(request.action);
    auto effect = Result<void>{};
    // What was seen or heard in a stream is no text that could be put back or taken down.
    bool const is_in_text = the_case.kind != Case::Kind::detection || !the_case.messages.empty();
    if (is_in_text && lets_stand(request.action)) effect = effects_.let_stand(*actor, the_case, decision);
    if (is_in_text && request.action == Decision::remove) effect = effects_.take_down(*actor, the_case, decision);
    if (is_sanction(request.action)) effect = sanction(*actor, the_case, request, decision);
    if (!effect) {
        cases_.finish(id);
        return effect.error();
    }
    decision.undo_until =
        clock_.now() + (request.action == Decision::ban ? std::chrono::seconds{undo_time_of_ban} : undo_time);

    using Kind = judge::Occasion::Kind;
    auto const occasion = the_case.occasion;
    bool const is_line =
        the_case.messages.empty() && occasion != Kind::message && occasion != Kind::post && occasion != Kind::comment;
    // A cry for help that was none says nothing about the next who writes it.
    bool const clears = (request.action == Decision::not_a_violation || (lets_stand(request.action) && is_line)) &&
                        is_in_text && !asks_for_help(the_case);
    auto decided = cases_.decide(id, std::move(decision), [&](store::Batch& batch, Case const& after) {
        log(batch, *actor, after, name(request.action), request.note);
        if (takes_back(request.action)) standing_.take_back(after.author, after.id, true, batch);
        if (clears) cleared_.add(after.text, after.id, clock_.now(), batch);
    });
    cases_.finish(id);
    if (!decided) return decided;
    if (takes_back(request.action)) give_right_back(the_case.author);
    tell(**decided, name(request.action), request.note);
    return decided;
}

std::optional<Error> Desk::fault_of_undo(User const& actor, Case const& the_case) const {
    if (the_case.open || !the_case.decision) return Error{Code::conflict, "There is no decision to undo."};
    auto const& decision = *the_case.decision;
    if (decision.by != actor.id && !outranks(actor)(decision.by))
        return Error{Code::forbidden, "Only who decided, or somebody of a higher role, can undo it."};
    if (decision.undo_until < clock_.now()) return Error{Code::too_late, "This decision can no longer be undone."};
    return std::nullopt;
}

Result<CasePtr> Desk::undo(UserPtr const& actor, std::string_view id) {
    auto const present = case_for(*actor, id);
    if (!present) return present;
    // A moderator who may not undo it doesn't keep others from undoing it.
    if (auto const fault = fault_of_undo(*actor, **present)) return *fault;
    auto const begun = cases_.begin(id, actor->id, false, outranks(*actor));
    if (!begun) return begun.error();
    auto const& the_case = **begun;
    struct Finish {
        moderation::Cases& cases;
        std::string_view id;
        ~Finish() { cases.finish(id); }
    } const finish{cases_, id};
    if (auto const fault = fault_of_undo(*actor, the_case)) return *fault;
    auto const decision = *the_case.decision;
    if (auto const reversed = effects_.reverse(*actor, the_case, decision); !reversed) return reversed.error();
    if (is_sanction(decision.action)) {
        auto const kind = decision.action == Decision::ban ? Sanction::Kind::ban : Sanction::Kind::mute;
        auto const present =
            kind == Sanction::Kind::ban ? sanctions_.ban_of(the_case.author) : sanctions_.mute_of(the_case.author);
        if (present && present->by == actor->username) {
            if (auto const lifted = sanctions_.lift(the_case.author, kind); !lifted) return lifted.error();
        }
    }
    auto undone = cases_.undo(id, actor->id, [&](store::Batch& batch, Case const& after) {
        log(batch, *actor, after, "undo", {});
        if (decision.took_back) standing_.take_back(after.author, after.id, false, batch);
        if (lets_stand(decision.action)) cleared_.remove(after.text, batch);
    });
    if (undone) tell(**undone, "undo", {});
    return undone;
}

Result<CasePtr> Desk::claim(User const& actor, std::string_view id) {
    if (auto const present = case_for(actor, id); !present) return present;
    return cases_.claim(id, actor.id, outranks(actor));
}

Result<CasePtr> Desk::release(User const& actor, std::string_view id) {
    if (auto const present = case_for(actor, id); !present) return present;
    return cases_.release(id, actor.id, outranks(actor));
}

Result<CasePtr> Desk::appeal(User const& author, std::string_view id, std::string text) {
    return cases_.appeal(id, author.id, std::move(text), [&](store::Batch& batch, Case const& the_case) {
        Json const line{{"at", base::to_rfc3339(clock_.now())},
                        {"kind", "appeal"},
                        {"case", the_case.id},
                        {"user", author.id.value},
                        {"username", author.username},
                        {"text", the_case.appeal->text}};
        batch.push_back(store::AppendLog{"moderation_log", base::to_text(line)});
    });
}

Desk::Reported Desk::report(User const& by, MessagePtr const& message, UserPtr const& person, std::string reason,
                            std::string note) {
    moderation::CaseReport const report{base::random_id(), by.id, std::move(reason), std::move(note), clock_.now()};
    moderation::Incident incident;
    incident.kind = Case::Kind::reported;
    incident.report = report;
    if (message) {
        if (auto const present = cases_.find_open(message->id)) {
            for (auto const& earlier : present->reports)
                if (earlier.by == by.id) return {present, earlier};
        }
        incident.occasion = {judge::Occasion::Kind::message, message->id.room, message->sender->id};
        incident.text = message->text;
        incident.message = message->id;
        if (message->verdict.action != judge::Action::allow) incident.verdict = message->verdict;
    } else {
        incident.occasion = {judge::Occasion::Kind::name, {}, person->id};
        incident.field = "display_name";
        incident.text = person->display_name;
    }
    Json line{{"at", base::to_rfc3339(clock_.now())},
              {"kind", "report"},
              {"by", by.username},
              {"user", incident.occasion.author.value},
              {"reason", report.reason}};
    auto const log = [&](store::Batch& batch, Case const& opened) {
        line["case"] = opened.id;
        batch.push_back(store::AppendLog{"moderation_log", base::to_text(line)});
    };
    CasePtr the_case;
    (void)store::await<base::Result<void>>(
        [&](auto done) { the_case = cases_.record(std::move(incident), log, std::move(done)); });
    return {the_case, report};
}

}  // namespace soyuz::chat
