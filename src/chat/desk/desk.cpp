#include "chat/desk/desk.hpp"

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/desk/desk_implementation.hpp"
#include "chat/observer.hpp"
#include "chat/shapes.hpp"
#include "moderation/cases/cleared_texts.hpp"
#include "moderation/conduct/standing.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using Json = nlohmann::json;
using moderation::Sanction;

constexpr std::chrono::seconds undo_time{10};
constexpr std::chrono::minutes undo_time_of_ban{10};
constexpr unsigned longest_minutes = 60U * 24 * 3660;

bool lets_stand(Decision action) {
    return action == Decision::approve || action == Decision::grant || action == Decision::not_a_violation;
}
bool takes_back(Decision action) { return action == Decision::grant || action == Decision::not_a_violation; }
bool is_sanction(Decision action) { return action == Decision::mute || action == Decision::ban; }

std::string dump(Json const& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::optional<Error> fault_of(Desk::Wish const& wish, Case const& one) {
    if (wish.action == Decision::expired) return base::invalid_field("action", "This is no decision.");
    if (wish.action == Decision::mute && !wish.minutes && !wish.until)
        return base::invalid_field("minutes", "Say for how long.");
    if (wish.minutes && (*wish.minutes == 0 || *wish.minutes > longest_minutes))
        return base::invalid_field("minutes", "This must be from 1 to 5270400.");
    bool const answers_appeal = wish.action == Decision::grant || wish.action == Decision::reject;
    if (answers_appeal && !one.appeal) return base::invalid_field("action", "Nobody appealed in this case.");
    return std::nullopt;
}

}  // namespace

Desk::Desk(moderation::Cases& cases, moderation::Standing& standing, moderation::ClearedTexts& cleared,
           Screening& screening, Messages& messages, Rooms& rooms, Accounts& accounts, moderation::Sanctions& sanctions,
           base::Clock const& clock)
    : implementation_(
          new Implementation{cases, standing, cleared, screening, messages, rooms, accounts, sanctions, clock}) {}
Desk::~Desk() = default;

void Desk::observe(Observer& observer) { implementation_->observer = &observer; }

std::optional<Error> Desk::Implementation::refusal(User const& actor, Case const& one) const {
    auto const author = accounts.find(one.author);
    if (!author || author->deleted || author->role < actor.role) return std::nullopt;
    // Nobody stands above the owner; somebody has to decide about them.
    if (actor.role == Role::owner) return std::nullopt;
    return Error{Code::forbidden, "You can act only on people whose role is below yours."};
}

void Desk::Implementation::log(store::Batch& batch, User const& actor, Case const& one, std::string_view action,
                               std::string_view note) const {
    auto const author = accounts.find(one.author);
    auto const at = base::to_rfc3339(clock.now());
    Json line{{"at", at},         {"kind", "decision"},      {"case", one.id}, {"by", actor.username},
              {"action", action}, {"user", one.author.value}};
    Json audit{{"at", at}, {"action", "case_" + std::string{action}}, {"by", actor.username}, {"case", one.id}};
    if (!note.empty()) line["note"] = note;
    if (author) audit["user"] = line["username"] = author->username;
    batch.push_back(store::AppendLog{"moderation_log", dump(line)});
    batch.push_back(store::AppendLog{"audit_log", dump(audit)});
}

Result<void> Desk::Implementation::sanction(User const& actor, Case const& one, Wish const& wish,
                                            DecisionRecord& decision) {
    auto const author = accounts.find(one.author);
    if (!author || author->deleted) return Error{Code::conflict, "The account is gone."};
    Sanction sanction;
    sanction.kind = wish.action == Decision::ban ? Sanction::Kind::ban : Sanction::Kind::mute;
    sanction.user = author->id;
    sanction.by = actor.username;
    sanction.reason = wish.note;
    if (sanction.reason.empty() && one.verdict && !one.verdict->reasons.empty())
        sanction.reason = one.verdict->reasons.front();
    sanction.since = clock.now();
    sanction.until = wish.until;
    if (!sanction.until && wish.minutes) sanction.until = sanction.since + std::chrono::minutes{*wish.minutes};
    if (sanction.until && *sanction.until <= sanction.since) return base::invalid_field("until", "This time is over.");
    decision.until = sanction.until;
    // A mute that lasts longer already, say until a moderator gives the right to chat back, isn't cut short.
    auto const present =
        sanction.kind == Sanction::Kind::mute ? sanctions.mute_of(author->id) : sanctions.ban_of(author->id);
    bool const outlasts = present && (!present->until || (sanction.until && *present->until > *sanction.until));
    if (outlasts) return {};
    std::promise<base::Result<void>> promise;
    auto future = promise.get_future();
    sanctions.impose(std::move(sanction), {}, [&](base::Result<void> result) { promise.set_value(std::move(result)); });
    return future.get();
}

void Desk::Implementation::give_right_back(base::UserId const& author) {
    auto const mute = sanctions.mute_of(author);
    if (!mute || mute->until || !mute->by.empty() || screening.has_lost_right(author)) return;
    if (auto const lifted = sanctions.lift(author, Sanction::Kind::mute);
        !lifted && lifted.error().code != Code::not_found)
        base::log::error("an automatic mute could not be lifted");
}

void Desk::Implementation::tell(Case const& one, std::string_view action, std::string_view note) {
    if (observer == nullptr) return;
    bool const is_undone = !one.decision;
    auto const decided = one.decision ? one.decision->action : Decision::approve;
    // That somebody reported it, or feared for them, is not told where nothing comes of it.
    bool const is_quiet = (one.kind == Case::Kind::reported || one.kind == Case::Kind::alert) && !one.appeal &&
                          (is_undone || lets_stand(decided));
    if (!is_quiet) {
        Json event{{"type", "moderation_decision"}, {"case_id", one.id}, {"action", action}, {"note", note}};
        if (one.decision && lets_stand(decided) && !one.messages.empty()) {
            auto const author = accounts.find(one.author);
            auto const message = author ? messages.find(*author, one.messages.back()) : Error{Code::not_found, ""};
            if (message && !(*message)->deleted) event["message"] = message_json(**message, accounts);
        }
        observer->tell_user(one.author, dump(event));
    }
    if (is_undone) return;
    for (auto const& report : one.reports) {
        Json const event{{"type", "report_decided"},
                         {"report_id", report.id},
                         {"case_id", one.id},
                         {"outcome", lets_stand(decided) ? "not_upheld" : "upheld"}};
        observer->tell_user(report.by, dump(event));
    }
}

Result<CasePtr> Desk::decide(UserPtr const& actor, std::string_view id, Wish const& wish) {
    auto& own = *implementation_;
    auto& cases = own.cases;
    auto const before = cases.find(id);
    if (!before) return Error{Code::not_found, "There is no such case."};
    if (auto const refused = own.refusal(*actor, *before)) return *refused;
    if (auto const fault = fault_of(wish, *before)) return *fault;
    auto const begun = cases.begin(id, actor->id);
    if (!begun) return begun.error();
    auto const& one = **begun;

    DecisionRecord decision;
    decision.action = wish.action;
    decision.by = actor->id;
    decision.at = own.clock.now();
    decision.note = wish.note;
    decision.minutes = is_sanction(wish.action) ? wish.minutes.value_or(0) : 0;
    decision.took_back = takes_back(wish.action);
    auto effect = Result<void>{};
    if (lets_stand(wish.action)) effect = own.let_stand(*actor, one, decision);
    if (wish.action == Decision::remove) effect = own.take_down(*actor, one, decision);
    if (is_sanction(wish.action)) effect = own.sanction(*actor, one, wish, decision);
    if (!effect) {
        cases.finish(id);
        return effect.error();
    }
    decision.undo_until =
        own.clock.now() + (wish.action == Decision::ban ? std::chrono::seconds{undo_time_of_ban} : undo_time);

    bool const is_line = one.messages.empty() && one.occasion != judge::Occasion::Kind::message;
    bool const clears = wish.action == Decision::not_a_violation || (lets_stand(wish.action) && is_line);
    auto decided = cases.decide(id, std::move(decision), [&](store::Batch& batch, Case const& after) {
        own.log(batch, *actor, after, name(wish.action), wish.note);
        if (takes_back(wish.action)) own.standing.take_back(after.author, after.id, true, batch);
        if (clears) own.cleared.add(after.text, after.id, own.clock.now(), batch);
    });
    cases.finish(id);
    if (!decided) return decided;
    if (takes_back(wish.action)) own.give_right_back(one.author);
    own.tell(**decided, name(wish.action), wish.note);
    return decided;
}

Result<CasePtr> Desk::undo(UserPtr const& actor, std::string_view id) {
    auto& own = *implementation_;
    auto& cases = own.cases;
    auto const begun = cases.begin(id, actor->id, false);
    if (!begun) return begun.error();
    auto const& one = **begun;
    struct Finish {
        moderation::Cases& cases;
        std::string_view id;
        ~Finish() { cases.finish(id); }
    } const finish{cases, id};
    if (one.open || !one.decision) return Error{Code::conflict, "There is no decision to undo."};
    auto const decision = *one.decision;
    if (decision.by != actor->id && actor->role < Role::admin)
        return Error{Code::forbidden, "Only who decided, or an administrator, can undo it."};
    if (decision.undo_until < own.clock.now()) return Error{Code::too_late, "This decision can no longer be undone."};
    if (auto const reversed = own.reverse(*actor, one, decision); !reversed) return reversed.error();
    if (is_sanction(decision.action)) {
        auto const kind = decision.action == Decision::ban ? Sanction::Kind::ban : Sanction::Kind::mute;
        auto const present =
            kind == Sanction::Kind::ban ? own.sanctions.ban_of(one.author) : own.sanctions.mute_of(one.author);
        if (present && present->by == actor->username) {
            if (auto const lifted = own.sanctions.lift(one.author, kind); !lifted) return lifted.error();
        }
    }
    auto undone = cases.undo(id, actor->id, [&](store::Batch& batch, Case const& after) {
        own.log(batch, *actor, after, "undo", {});
        if (decision.took_back) own.standing.take_back(after.author, after.id, false, batch);
        if (lets_stand(decision.action)) own.cleared.remove(after.text, batch);
    });
    if (undone) own.tell(**undone, "undo", {});
    return undone;
}

Result<CasePtr> Desk::claim(User const& actor, std::string_view id) {
    return implementation_->cases.claim(id, actor.id);
}

Result<CasePtr> Desk::release(User const& actor, std::string_view id) {
    return implementation_->cases.release(id, actor.id);
}

Result<CasePtr> Desk::appeal(User const& author, std::string_view id, std::string text) {
    auto& own = *implementation_;
    return own.cases.appeal(id, author.id, std::move(text), [&](store::Batch& batch, Case const& one) {
        Json const line{{"at", base::to_rfc3339(own.clock.now())},
                        {"kind", "appeal"},
                        {"case", one.id},
                        {"user", author.id.value},
                        {"username", author.username},
                        {"text", one.appeal->text}};
        batch.push_back(store::AppendLog{"moderation_log", dump(line)});
    });
}

Desk::Reported Desk::report(User const& by, MessagePtr const& message, UserPtr const& person, std::string reason,
                            std::string note) {
    auto& own = *implementation_;
    moderation::CaseReport const report{base::random_id(), by.id, std::move(reason), std::move(note), own.clock.now()};
    moderation::Incident incident;
    incident.kind = Case::Kind::reported;
    incident.report = report;
    if (message) {
        if (auto const present = own.cases.find_open(message->id)) {
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
    Json line{{"at", base::to_rfc3339(own.clock.now())},
              {"kind", "report"},
              {"by", by.username},
              {"user", incident.occasion.author.value},
              {"reason", report.reason}};
    std::promise<void> written;
    auto const one = own.cases.record(
        std::move(incident),
        [&](store::Batch& batch, Case const& opened) {
            line["case"] = opened.id;
            batch.push_back(store::AppendLog{"moderation_log", dump(line)});
        },
        [&](base::Result<void> const&) { written.set_value(); });
    written.get_future().wait();
    return {one, report};
}

}  // namespace soyuz::chat
