#include "moderation/cases/cases.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "moderation/cases/case_record.hpp"
#include "moderation/cases/cases_implementation.hpp"

namespace soyuz::moderation {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr char collection[] = "cases";
constexpr char archive[] = "moderation_cases";
constexpr std::size_t most_messages = 20;
constexpr std::size_t most_reports = 50;

std::string text_key(base::UserId const& author, std::string_view text) {
    return author.value + ' ' + same_text_key(text);
}

base::Timestamp moment_of(Case const& one) { return one.decision ? one.decision->at : one.updated_at; }

unsigned weight_of(Case::Kind kind) {
    switch (kind) {
        case Case::Kind::reported: return 0;
        case Case::Kind::flagged: return 1;
        case Case::Kind::alert: return 2;
        case Case::Kind::blocked: return 3;
    }
    return 0;
}

}  // namespace

Cases::Implementation::Implementation(Cases& outer, store::Store& where, base::Clock const& time, CaseLimits bounds)
    : cases(outer), store(where), clock(time), limits(bounds) {
    load();
}

void Cases::Implementation::load() {
    std::vector<CasePtr> loaded;
    store.each_document(collection, [&](std::string const& id, nlohmann::json const& value) {
        auto one = parse_case(id, value);
        if (!one) {
            base::log::warn("a case can't be read and is left out id=" + id);
            return;
        }
        loaded.push_back(std::make_shared<Case const>(std::move(*one)));
    });
    std::sort(loaded.begin(), loaded.end(),
              [](CasePtr const& one, CasePtr const& other) { return one->created_at < other->created_at; });
    for (auto const& one : loaded) index(one);
}

void Cases::Implementation::index(CasePtr const& one) {
    auto& place = by_id[one->id];
    if (place) {
        open_cases -= place->open ? 1 : 0;
    } else {
        by_author[one->author].push_back(one->id);
    }
    open_cases += one->open ? 1 : 0;
    place = one;
    for (auto const& message : one->messages) by_message[base::to_string(message)] = one->id;
    by_text[text_key(one->author, one->text)] = one->id;
}

void Cases::Implementation::forget(Case const& one) {
    // The index entries of a newer case of the same message or text stay.
    auto const drop = [&](auto& map, std::string const& key) {
        if (auto const found = map.find(key); found != map.end() && found->second == one.id) map.erase(found);
    };
    for (auto const& message : one.messages) drop(by_message, base::to_string(message));
    drop(by_text, text_key(one.author, one.text));
    if (auto const list = by_author.find(one.author); list != by_author.end()) {
        std::erase(list->second, one.id);
        if (list->second.empty()) by_author.erase(list);
    }
    open_cases -= one.open ? 1 : 0;
    claims.erase(one.id);
    by_id.erase(one.id);
}

CasePtr Cases::Implementation::get(std::string_view id) const {
    auto const found = by_id.find(std::string{id});
    return found == by_id.end() ? nullptr : found->second;
}

CaseClaim const* Cases::Implementation::claim_on(std::string const& id) const {
    auto const found = claims.find(id);
    return found != claims.end() && found->second.until > clock.now() ? &found->second : nullptr;
}

CasePtr Cases::Implementation::joinable(Incident const& incident) const {
    if (incident.message) {
        if (auto const found = by_message.find(base::to_string(*incident.message)); found != by_message.end()) {
            auto const one = get(found->second);
            if (one && one->open && one->text == incident.text) return one;
        }
    }
    if (incident.verdict && !incident.verdict->case_id.empty()) return get(incident.verdict->case_id);
    auto const found = by_text.find(text_key(incident.occasion.author, incident.text));
    if (found == by_text.end()) return nullptr;
    auto const one = get(found->second);
    bool const is_same = one && one->open && one->occasion == incident.occasion.kind && !incident.message;
    return is_same && clock.now() - one->updated_at <= limits.grouping ? one : nullptr;
}

void Cases::Implementation::make_room(store::Batch& batch) {
    // A tenth at a time, so that the sorting is seldom.
    auto const too_many = [](std::size_t count, std::size_t limit) { return count > limit + limit / 10; };
    if (too_many(open_cases, limits.open)) {
        std::vector<CasePtr> idle;
        for (auto const& [id, one] : by_id)
            if (one->open && !one->appeal && one->reports.empty() && !busy.contains(id)) idle.push_back(one);
        auto const extra = std::min(idle.size(), open_cases - limits.open);
        std::partial_sort(idle.begin(), idle.begin() + static_cast<std::ptrdiff_t>(extra), idle.end(),
                          [](auto const& one, auto const& other) { return one->updated_at < other->updated_at; });
        for (std::size_t at = 0; at < extra; ++at) {
            Case changed = *idle[at];
            changed.open = false;
            changed.decision = CaseDecision{};
            changed.decision->action = Decided::expired;
            changed.decision->at = clock.now();
            batch.push_back(store::Put{collection, changed.id, case_document(changed)});
            index(std::make_shared<Case const>(std::move(changed)));
        }
    }
    if (too_many(by_id.size() - open_cases, limits.decided)) {
        std::vector<CasePtr> old;
        for (auto const& [id, one] : by_id)
            if (!one->open && !busy.contains(id)) old.push_back(one);
        auto const extra = std::min(old.size(), by_id.size() - open_cases - limits.decided);
        // What expired at once goes in the order in which it came.
        auto const age = [](CasePtr const& one) { return std::pair{moment_of(*one), one->created_at}; };
        std::partial_sort(old.begin(), old.begin() + static_cast<std::ptrdiff_t>(extra), old.end(),
                          [&](auto const& one, auto const& other) { return age(one) < age(other); });
        for (std::size_t at = 0; at < extra; ++at) {
            auto line = nlohmann::json::parse(case_document(*old[at]));
            line["id"] = old[at]->id;
            batch.push_back(store::AppendLog{archive, line.dump()});
            batch.push_back(store::Erase{collection, old[at]->id});
            forget(*old[at]);
        }
    }
}

void Cases::Implementation::put(CasePtr const& one, store::Batch batch, store::Done done) {
    index(one);
    batch.push_back(store::Put{collection, one->id, case_document(*one)});
    make_room(batch);
    store.commit(std::move(batch), std::move(done));
}

Result<CasePtr> Cases::Implementation::change(std::string_view id, std::function<Result<void>(Case&)> const& edit,
                                              More const& more) {
    auto outcome = std::make_shared<std::promise<Result<store::Committed>>>();
    auto future = outcome->get_future();
    CasePtr changed;
    {
        std::lock_guard const lock{mutex};
        auto const before = get(id);
        if (!before) return Error{Code::not_found, "There is no such case."};
        Case after = *before;
        if (auto const edited = edit(after); !edited) return edited.error();
        after.updated_at = clock.now();
        changed = std::make_shared<Case const>(std::move(after));
        store::Batch batch;
        if (more) more(batch, *changed);
        put(changed, std::move(batch),
            [outcome](Result<store::Committed> result) { outcome->set_value(std::move(result)); });
    }
    auto const written = future.get();
    tell(changed);
    if (!written) return written.error();
    return changed;
}

Cases::Cases(store::Store& store, base::Clock const& clock, CaseLimits limits)
    : implementation_(std::make_unique<Implementation>(*this, store, clock, limits)) {}
Cases::~Cases() = default;

std::string Cases::id_for(base::UserId const& author, std::string_view text) const {
    auto const& own = *implementation_;
    std::lock_guard const lock{own.mutex};
    if (auto const found = own.by_text.find(text_key(author, text)); found != own.by_text.end()) {
        auto const one = own.get(found->second);
        if (one && one->open && own.clock.now() - one->updated_at <= own.limits.grouping) return one->id;
    }
    return base::random_id();
}

CasePtr Cases::record(Incident incident, More const& more, Done done) {
    auto& own = *implementation_;
    CasePtr made;
    {
        std::lock_guard const lock{own.mutex};
        auto const now = own.clock.now();
        auto const before = own.joinable(incident);
        Case one;
        if (before) {
            one = *before;
            // What was decided a moment ago has come again.
            if (!one.open && one.decision) one.decisions.push_back(*std::exchange(one.decision, std::nullopt));
            one.open = true;
            if (!incident.report) ++one.count;
            if (weight_of(incident.kind) > weight_of(one.kind)) one.kind = incident.kind;
        } else {
            one.id =
                incident.verdict && !incident.verdict->case_id.empty() ? incident.verdict->case_id : base::random_id();
            one.kind = incident.kind;
            one.occasion = incident.occasion.kind;
            one.room = incident.occasion.room;
            one.author = incident.occasion.author;
            one.field = std::move(incident.field);
            one.text = std::move(incident.text);
            one.reply_to = incident.reply_to;
            one.created_at = now;
        }
        one.updated_at = now;
        if (incident.verdict) {
            one.verdict = std::move(incident.verdict);
            one.verdict->case_id = one.id;
            one.lexicon = std::move(incident.lexicon);
            one.model = std::move(incident.model);
        }
        if (incident.message &&
            std::find(one.messages.begin(), one.messages.end(), *incident.message) == one.messages.end()) {
            one.messages.push_back(*incident.message);
            if (one.messages.size() > most_messages) one.messages.erase(one.messages.begin());
        }
        if (incident.report && one.reports.size() < most_reports) one.reports.push_back(std::move(*incident.report));
        made = std::make_shared<Case const>(std::move(one));
        store::Batch batch;
        if (more) more(batch, *made);
        own.put(made, std::move(batch), [done = std::move(done)](Result<store::Committed> const& result) {
            if (!result) base::log::error("a case could not be written; it holds until the server stops");
            if (done) done(result ? Result<void>{} : Result<void>{result.error()});
        });
    }
    own.tell(made);
    return made;
}

void Cases::commit(std::function<void(store::Batch& batch)> const& more, Done done) {
    auto& own = *implementation_;
    std::lock_guard const lock{own.mutex};
    store::Batch batch;
    more(batch);
    if (batch.empty()) return;
    own.store.commit(std::move(batch), [done = std::move(done)](Result<store::Committed> const& result) {
        if (!result) base::log::warn("a line of the moderation log was lost");
        if (done) done(result ? Result<void>{} : Result<void>{result.error()});
    });
}

CasePtr Cases::find(std::string_view id) const {
    std::lock_guard const lock{implementation_->mutex};
    return implementation_->get(id);
}

CasePtr Cases::find_open(base::MessageId const& message) const {
    auto const& own = *implementation_;
    std::lock_guard const lock{own.mutex};
    auto const found = own.by_message.find(base::to_string(message));
    if (found == own.by_message.end()) return nullptr;
    auto one = own.get(found->second);
    return one && one->open ? one : nullptr;
}

std::vector<CasePtr> Cases::open() const {
    auto const& own = *implementation_;
    std::vector<CasePtr> found;
    std::lock_guard const lock{own.mutex};
    found.reserve(own.open_cases);
    for (auto const& [id, one] : own.by_id)
        if (one->open) found.push_back(one);
    return found;
}

std::vector<CasePtr> Cases::decided() const {
    auto const& own = *implementation_;
    std::vector<CasePtr> found;
    {
        std::lock_guard const lock{own.mutex};
        for (auto const& [id, one] : own.by_id)
            if (!one->open) found.push_back(one);
    }
    std::sort(found.begin(), found.end(), [](auto const& one, auto const& other) {
        return std::pair{moment_of(*one), one->id} > std::pair{moment_of(*other), other->id};
    });
    return found;
}

std::vector<CasePtr> Cases::of_author(base::UserId const& author) const {
    auto const& own = *implementation_;
    std::vector<CasePtr> found;
    std::lock_guard const lock{own.mutex};
    auto const list = own.by_author.find(author);
    if (list == own.by_author.end()) return found;
    for (auto id = list->second.rbegin(); id != list->second.rend(); ++id) found.push_back(own.get(*id));
    return found;
}

std::size_t Cases::open_count() const {
    std::lock_guard const lock{implementation_->mutex};
    return implementation_->open_cases;
}

void Cases::message_changed(base::MessageId const& message) {
    auto& own = *implementation_;
    CasePtr changed;
    {
        std::lock_guard const lock{own.mutex};
        if (own.by_message.empty()) return;
        auto const found = own.by_message.find(base::to_string(message));
        if (found == own.by_message.end()) return;
        auto const before = own.get(found->second);
        if (!before || before->stale || own.busy.contains(before->id)) return;
        Case after = *before;
        after.stale = true;
        changed = std::make_shared<Case const>(std::move(after));
        own.put(changed, {}, [](auto const&) {});
    }
    own.tell(changed);
}

}  // namespace soyuz::moderation
