#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "moderation/cases/case.hpp"
#include "moderation/cases/case_index.hpp"
#include "moderation/cases/incident.hpp"
#include "store/store.hpp"

namespace soyuz::moderation {

struct CaseLimits {
    std::size_t open = 10'000;    ///< beyond it those expire that nobody must have seen, newest of the busiest first
    std::size_t of_author = 20;   ///< of one weight that the engine opened; what comes further joins the latest
    std::size_t decided = 2'000;  ///< newest ones in memory; older ones go to the log moderation_cases
    std::chrono::milliseconds claim = std::chrono::minutes{2};
    std::chrono::milliseconds grouping = std::chrono::minutes{10};
};

/// A moderator's hold on a case, so that no two decide it.
struct CaseClaim {
    base::UserId by;
    base::Timestamp until{};
};

/// What the moderators have to decide and what they decided: the collection `cases`.
///
/// Thread-safe. Memory changes at once and in the order of the disk. `record` and the look-ups never block; what
/// returns a Result waits for the disk, and is for workers.
class Cases {
public:
    /// Runs after each change, on the thread that made it, outside any lock; `open` is the number of open cases.
    using Changed = std::function<void(Case const& changed, std::optional<CaseClaim> const& claim, std::size_t open)>;

    Cases(store::Store& store, base::Clock const& clock, Changed changed = {}, CaseLimits limits = {});

    /// Further changes that become durable with the case; runs under the lock of this object.
    using More = std::function<void(store::Batch& batch, Case const& recorded)>;
    using Done = std::function<void(base::Result<void>)>;

    /// Opens a case, or joins the open one about the same message or, within ten minutes, the same text of the same
    /// author; or the latest of an author who has as many as one person can have. `done` runs when it is durable, on
    /// the committer's thread.
    CasePtr record(Incident incident, More const& more = {}, Done done = {});
    /// Commits what `more` adds, in one order with all that is recorded and decided.
    void commit(std::function<void(store::Batch& batch)> const& more, Done done = {});
    /// The id that `record` will use for a text that the engine has judged so: for a message whose record names its
    /// case.
    std::string id_for(judge::Occasion const& occasion, judge::Verdict const& verdict,
                       std::string const& text_key) const;

    CasePtr find(std::string_view id) const;
    CasePtr of_message(base::MessageId const& message) const;  ///< the newest one, open or decided
    CasePtr find_open(base::MessageId const& message) const;
    std::vector<CasePtr> open() const;                                 ///< in no order
    std::vector<CasePtr> decided() const;                              ///< newest decision first
    std::vector<CasePtr> of_author(base::UserId const& author) const;  ///< newest first
    std::size_t open_count() const;

    /// Whose claims don't hold against who acts.
    using Outranks = std::function<bool(base::UserId const& holder)>;

    std::optional<CaseClaim> claim_of(std::string_view id) const;
    /// For two minutes from now; again by the same moderator renews. Errors: not_found, claimed, already_decided.
    base::Result<CasePtr> claim(std::string_view id, base::UserId const& by, Outranks const& outranks = {});
    base::Result<CasePtr> release(std::string_view id, base::UserId const& by, Outranks const& outranks = {});

    /// From `begin` to `finish` nobody else can act on the case. Errors: not_found, claimed; already_decided where
    /// `must_be_open`.
    base::Result<CasePtr> begin(std::string_view id, base::UserId const& by, bool must_be_open = true,
                                Outranks const& outranks = {});
    void finish(std::string_view id);
    /// Between `begin` and `finish`. The appeal stays; an older decision joins `decisions`.
    base::Result<CasePtr> decide(std::string_view id, DecisionRecord decision, More const& more = {});
    /// Takes the newest decision back and opens the case. Errors: too_late, conflict where there is none.
    base::Result<CasePtr> undo(std::string_view id, base::UserId const& by, More const& more = {});

    /// Opens the case again. Errors: not_found (also where it is somebody else's), already_appealed, conflict where
    /// nothing was done against the author.
    base::Result<CasePtr> appeal(std::string_view id, base::UserId const& author, std::string text,
                                 More const& more = {});

    /// The message was edited or deleted.
    void message_changed(base::MessageId const& message);

private:
    void tell(CasePtr const& changed) const;

    // The caller of these holds `mutex_`.

    CasePtr joinable(Incident const& incident, std::string const& text_key) const;
    CaseClaim const* claim_on(std::string const& id) const;  ///< the claim in force
    void hold(std::string const& id, base::UserId const& by);
    /// A case that `by` may act on. Errors: not_found, claimed; already_decided where `must_be_open`.
    base::Result<CasePtr> open_case(std::string_view id, base::UserId const& by, bool must_be_open,
                                    Outranks const& outranks) const;
    /// Indexes the case, and adds to the batch what must be written of it and of those that make room for it.
    store::Batch put(CasePtr const& added, store::Batch batch);
    void make_room(Case const& newest, store::Batch& batch);
    void archive_old(store::Batch& batch);

    /// Applies `edit` to a copy, writes it and waits.
    base::Result<CasePtr> change(std::string_view id, std::function<base::Result<void>(Case&)> const& edit,
                                 More const& more);

    store::Store& store_;
    base::Clock const& clock_;
    Changed const changed_;
    CaseLimits const limits_;

    /// Held while memory changes and the change is queued, so that both have the same order; never while waiting.
    mutable std::mutex mutex_;
    CaseIndex index_;
    std::unordered_map<std::string, CaseClaim> claims_;
    std::unordered_set<std::string> busy_;  ///< ids between `begin` and `finish`
};

}  // namespace soyuz::moderation
