#include "moderation/cases/cases.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "moderation/cases/case_record.hpp"
#include "store/commit_later.hpp"

namespace soyuz::moderation {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr char collection[] = "cases";
constexpr char archive[] = "moderation_cases";

Error no_such_case() { return {Code::not_found, "There is no such case."}; }
Error claimed() { return {Code::claimed, "Another moderator is at this case."}; }
Error already_decided() { return {Code::already_decided, "This case is decided already."}; }

base::Timestamp last_moment(Case const& subject) {
    return subject.decision ? subject.decision->at : subject.updated_at;
}

/// A tenth at a time gives way, so that sorting is rare.
bool is_too_many(std::size_t count, std::size_t limit) { return count > limit + limit / 10; }

/// Keeps the `count` cases with the smallest `age`, sorted.
template <class Age>
void keep_oldest(std::vector<CasePtr>& cases, std::size_t count, Age const& age) {
    count = std::min(cases.size(), count);
    std::partial_sort(cases.begin(), cases.begin() + static_cast<std::ptrdiff_t>(count), cases.end(),
                      [&](CasePtr const& left, CasePtr const& right) { return age(*left) < age(*right); });
    cases.resize(count);
}

}  // namespace

Cases::Cases(store::Store& store, base::Clock const& clock, Changed changed, CaseLimits limits)
    : store_(store), clock_(clock), changed_(std::move(changed)), limits_(limits) {
    std::vector<CasePtr> loaded;
    store_.each_document(collection, [&](std::string const& id, nlohmann::json const& value) {
        auto parsed = parse_case(id, value);
        if (!parsed) return base::log::warn("unreadable case left out", {{"id", id}});
        loaded.push_back(std::make_shared<Case const>(std::move(*parsed)));
    });
    std::sort(loaded.begin(), loaded.end(),
              [](CasePtr const& left, CasePtr const& right) { return left->created_at < right->created_at; });
    for (auto const& each : loaded) index_.put(each);
}

void Cases::tell(CasePtr const& changed) const {
    if (changed_) changed_(*changed, claim_of(changed->id), open_count());
}

CasePtr Cases::joinable(Incident const& incident, std::string const& text_key) const {
    // What is found again in a stream joins its detection, whose case there is already.
    if (incident.kind == Case::Kind::detection) return nullptr;
    if (incident.message) {
        auto const found = index_.of_message(*incident.message);
        if (found && found->open && is_about(*found, incident.text)) return found;
    }
    if (incident.verdict && !incident.verdict->case_id.empty()) return index_.find(incident.verdict->case_id);
    auto const found = index_.of_text(incident.occasion.author, text_key);
    bool const is_same = found && found->open && found->occasion == incident.occasion.kind && !incident.message;
    return is_same && clock_.now() - found->updated_at <= limits_.grouping ? found : nullptr;
}

CaseClaim const* Cases::claim_on(std::string const& id) const {
    auto const found = claims_.find(id);
    return found != claims_.end() && found->second.until > clock_.now() ? &found->second : nullptr;
}

void Cases::hold(std::string const& id, base::UserId const& by) { claims_[id] = {by, clock_.now() + limits_.claim}; }

Result<CasePtr> Cases::open_case(std::string_view id, base::UserId const& by, bool must_be_open,
                                 Outranks const& outranks) const {
    auto found = index_.find(id);
    if (!found) return no_such_case();
    if (must_be_open && !found->open) return already_decided();
    auto const* const present = claim_on(found->id);
    bool const is_held = present != nullptr && present->by != by && !(outranks && outranks(present->by));
    if (is_held) return claimed();
    return found;
}

void Cases::make_room(Case const& newest, store::Batch& batch) {
    if (!is_too_many(index_.open_count(), limits_.open)) return;
    auto const may_go = [&](Case const& each) {
        return !must_be_seen(each) && each.id != newest.id && !busy_.contains(each.id);
    };
    for (auto const& each : index_.newest_of_busiest(index_.open_count() - limits_.open, may_go)) {
        Case expired = *each;
        expired.open = false;
        expired.decision.emplace();
        expired.decision->action = Decision::expired;
        expired.decision->at = clock_.now();
        batch.push_back(store::Put{collection, expired.id, case_document(expired)});
        index_.put(std::make_shared<Case const>(std::move(expired)));
    }
}

void Cases::archive_old(store::Batch& batch) {
    if (!is_too_many(index_.decided_count(), limits_.decided)) return;
    auto old = index_.select([this](Case const& each) { return !each.open && !busy_.contains(each.id); });
    // Cases that expired together go in the order in which they came.
    keep_oldest(old, index_.decided_count() - limits_.decided, [](Case const& each) {
        return std::pair{last_moment(each), each.created_at};
    });
    for (auto const& each : old) {
        auto line = nlohmann::json::parse(case_document(*each));
        line["id"] = each->id;
        batch.push_back(store::AppendLog{archive, line.dump()});
        batch.push_back(store::Erase{collection, each->id});
        claims_.erase(each->id);
        index_.erase(*each);
    }
}

store::Batch Cases::put(CasePtr const& added, store::Batch batch) {
    index_.put(added);
    batch.push_back(store::Put{collection, added->id, case_document(*added)});
    make_room(*added, batch);
    archive_old(batch);
    return batch;
}

Result<CasePtr> Cases::change(std::string_view id, std::function<Result<void>(Case&)> const& edit, More const& more) {
    std::future<Result<store::Committed>> outcome;
    CasePtr changed;
    {
        std::lock_guard const lock{mutex_};
        auto const before = index_.find(id);
        if (!before) return no_such_case();
        Case after = *before;
        if (auto const edited = edit(after); !edited) return edited.error();
        after.updated_at = clock_.now();
        changed = std::make_shared<Case const>(std::move(after));
        store::Batch batch;
        if (more) more(batch, *changed);
        outcome = store::commit_later(store_, put(changed, std::move(batch)));
    }
    auto const written = store::wait_for(std::move(outcome));
    tell(changed);
    if (!written) return written.error();
    return changed;
}

std::string Cases::id_for(judge::Occasion const& occasion, judge::Verdict const& verdict,
                          std::string const& text_key) const {
    std::lock_guard const lock{mutex_};
    auto found = index_.of_text(occasion.author, text_key);
    bool const joins = found && found->open && clock_.now() - found->updated_at <= limits_.grouping;
    if (!joins) found = index_.latest_of_many(occasion, verdict, limits_.of_author);
    return found ? found->id : base::random_id();
}

CasePtr Cases::record(Incident incident, More const& more, Done done) {
    auto text_key = same_text_key(incident.text);
    CasePtr recorded;
    {
        std::lock_guard const lock{mutex_};
        auto const now = clock_.now();
        auto const before = joinable(incident, text_key);
        recorded = std::make_shared<Case const>(before ? joined(*before, std::move(incident), text_key, now)
                                                       : opened(std::move(incident), std::move(text_key), now));
        store::Batch batch;
        if (more) more(batch, *recorded);
        store_.commit(put(recorded, std::move(batch)),
                      [done = std::move(done)](Result<store::Committed> const& result) {
                          if (!result) base::log::error("case not written; it holds until the server stops");
                          if (done) done(result ? Result<void>{} : Result<void>{result.error()});
                      });
    }
    tell(recorded);
    return recorded;
}

void Cases::commit(std::function<void(store::Batch& batch)> const& more, Done done) {
    std::lock_guard const lock{mutex_};
    store::Batch batch;
    more(batch);
    if (batch.empty()) return;
    store_.commit(std::move(batch), [done = std::move(done)](Result<store::Committed> const& result) {
        if (!result) base::log::warn("line of the moderation log not written");
        if (done) done(result ? Result<void>{} : Result<void>{result.error()});
    });
}

CasePtr Cases::find(std::string_view id) const {
    std::lock_guard const lock{mutex_};
    return index_.find(id);
}

CasePtr Cases::of_message(base::MessageId const& message) const {
    std::lock_guard const lock{mutex_};
    return index_.of_message(message);
}

CasePtr Cases::find_open(base::MessageId const& message) const {
    auto found = of_message(message);
    return found && found->open ? found : nullptr;
}

std::vector<CasePtr> Cases::open() const {
    std::lock_guard const lock{mutex_};
    return index_.select([](Case const& each) { return each.open; });
}

std::vector<CasePtr> Cases::decided() const {
    std::vector<CasePtr> found;
    {
        std::lock_guard const lock{mutex_};
        found = index_.select([](Case const& each) { return !each.open; });
    }
    std::sort(found.begin(), found.end(), [](auto const& left, auto const& right) {
        return std::pair{last_moment(*left), left->id} > std::pair{last_moment(*right), right->id};
    });
    return found;
}

std::vector<CasePtr> Cases::of_author(base::UserId const& author) const {
    std::lock_guard const lock{mutex_};
    return index_.of_author(author);
}

std::size_t Cases::open_count() const {
    std::lock_guard const lock{mutex_};
    return index_.open_count();
}

void Cases::message_changed(base::MessageId const& message) {
    CasePtr changed;
    {
        std::lock_guard const lock{mutex_};
        auto const before = index_.of_message(message);
        if (!before || before->stale || busy_.contains(before->id)) return;
        Case after = *before;
        after.stale = true;
        changed = std::make_shared<Case const>(std::move(after));
        store_.commit(put(changed, {}), [](auto const&) {});
    }
    tell(changed);
}

std::optional<CaseClaim> Cases::claim_of(std::string_view id) const {
    std::lock_guard const lock{mutex_};
    auto const* const found = claim_on(std::string{id});
    return found != nullptr ? std::optional{*found} : std::nullopt;
}

Result<CasePtr> Cases::claim(std::string_view id, base::UserId const& by, Outranks const& outranks) {
    CasePtr held;
    {
        std::lock_guard const lock{mutex_};
        auto const found = open_case(id, by, true, outranks);
        if (!found) return found;
        held = *found;
        if (busy_.contains(held->id)) return claimed();
        hold(held->id, by);
    }
    tell(held);
    return held;
}

Result<CasePtr> Cases::release(std::string_view id, base::UserId const& by, Outranks const& outranks) {
    CasePtr released;
    {
        std::lock_guard const lock{mutex_};
        auto const found = open_case(id, by, false, outranks);
        if (!found) return found;
        released = *found;
        claims_.erase(released->id);
    }
    tell(released);
    return released;
}

Result<CasePtr> Cases::begin(std::string_view id, base::UserId const& by, bool must_be_open, Outranks const& outranks) {
    std::lock_guard const lock{mutex_};
    auto found = open_case(id, by, must_be_open, outranks);
    if (!found) return found;
    if (!busy_.insert((*found)->id).second) return claimed();
    hold((*found)->id, by);
    return found;
}

void Cases::finish(std::string_view id) {
    std::lock_guard const lock{mutex_};
    busy_.erase(std::string{id});
}

Result<CasePtr> Cases::decide(std::string_view id, DecisionRecord decision, More const& more) {
    auto const edit = [&](Case& after) -> Result<void> {
        if (!after.open) return already_decided();
        after.keep_decision();
        if (decision.posted) after.messages.push_back(*decision.posted);
        after.decision = std::move(decision);
        after.open = false;
        claims_.erase(after.id);
        return {};
    };
    return change(id, edit, more);
}

Result<CasePtr> Cases::undo(std::string_view id, base::UserId const& by, More const& more) {
    auto const edit = [&](Case& after) -> Result<void> {
        if (after.open || !after.decision) return Error{Code::conflict, "There is no decision to undo."};
        if (after.decision->undo_until < clock_.now())
            return Error{Code::too_late, "This decision can no longer be undone."};
        auto& undone = *after.decision;
        undone.undone = true;
        if (undone.posted) std::erase(after.messages, *undone.posted);
        undone.before.clear();
        after.keep_decision();
        after.open = true;
        hold(after.id, by);
        return {};
    };
    return change(id, edit, more);
}

Result<CasePtr> Cases::appeal(std::string_view id, base::UserId const& author, std::string text, More const& more) {
    auto const edit = [&](Case& after) -> Result<void> {
        if (after.author != author) return no_such_case();
        if (after.appeal) return Error{Code::already_appealed, "You have appealed against this already."};
        if (!can_appeal(after)) return Error{Code::conflict, "There is nothing to appeal against."};
        after.appeal = CaseAppeal{std::move(text), clock_.now()};
        after.keep_decision();
        after.open = true;
        return {};
    };
    return change(id, edit, more);
}

}  // namespace soyuz::moderation
