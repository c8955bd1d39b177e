#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "moderation/cases/case.hpp"
#include "store/store.hpp"

namespace soyuz::moderation {

struct CaseLimits {
    std::size_t open = 10'000;    ///< beyond it the oldest that nobody reported or appealed against expire
    std::size_t decided = 2'000;  ///< newest ones in memory; older ones go to the log moderation_cases
    std::chrono::milliseconds claim = std::chrono::minutes{2};
    std::chrono::milliseconds grouping = std::chrono::minutes{10};
};

/// A moderator who is at a case, so that no two decide it.
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
    Cases(store::Store& store, base::Clock const& clock, CaseLimits limits = {});
    ~Cases();

    /// Something that calls for a moderator.
    struct Incident {
        Case::Kind kind = Case::Kind::flagged;
        judge::Occasion occasion;  ///< its author is needed
        std::string field;
        std::string text;
        std::optional<base::MessageId> message;
        base::Seq reply_to = 0;
        std::optional<judge::Verdict> verdict;  ///< its case_id is the one to be used
        std::string lexicon, model;
        std::optional<CaseReport> report;
    };
    /// Further changes that become durable with the case; runs under the lock of this object.
    using More = std::function<void(store::Batch& batch, Case const& one)>;
    using Done = std::function<void(base::Result<void>)>;

    /// Opens a case, or joins the open one about the same message or, within ten minutes, the same text of the same
    /// author. `done` runs when it is durable, on the committer's thread.
    CasePtr record(Incident incident, More const& more = {}, Done done = {});
    /// Commits what `more` adds, in one order with all that is recorded and decided.
    void commit(std::function<void(store::Batch& batch)> const& more, Done done = {});
    /// The id that `record` will use for such a text: for what must name the case before it is recorded.
    std::string id_for(base::UserId const& author, std::string_view text) const;

    CasePtr find(std::string_view id) const;
    CasePtr find_open(base::MessageId const& message) const;
    std::vector<CasePtr> open() const;                                 ///< in no order
    std::vector<CasePtr> decided() const;                              ///< newest decision first
    std::vector<CasePtr> of_author(base::UserId const& author) const;  ///< newest first
    std::size_t open_count() const;

    std::optional<CaseClaim> claim_of(std::string_view id) const;
    /// For two minutes from now; again by the same moderator renews. Errors: not_found, claimed, already_decided.
    base::Result<CasePtr> claim(std::string_view id, base::UserId const& by);
    base::Result<CasePtr> release(std::string_view id, base::UserId const& by);

    /// From `begin` to `finish` nobody else can act on the case. Errors: not_found, claimed; already_decided where
    /// `must_be_open`.
    base::Result<CasePtr> begin(std::string_view id, base::UserId const& by, bool must_be_open = true);
    void finish(std::string_view id);
    /// Between `begin` and `finish`. The appeal stays; an older decision joins `decisions`.
    base::Result<CasePtr> decide(std::string_view id, CaseDecision decision, More const& more = {});
    /// Takes the newest decision back and opens the case. Errors: too_late, conflict where there is none.
    base::Result<CasePtr> undo(std::string_view id, base::UserId const& by, More const& more = {});

    /// Opens the case again. Errors: not_found (also where it is somebody else's), already_appealed, conflict where
    /// nothing was done against the author.
    base::Result<CasePtr> appeal(std::string_view id, base::UserId const& author, std::string text,
                                 More const& more = {});
    static bool can_appeal(Case const& one);

    /// The message was edited or deleted by somebody.
    void message_changed(base::MessageId const& message);

    /// Runs after each change, on the thread that made it, outside any lock. Set before the server starts.
    std::function<void(CasePtr const&)> on_changed;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::moderation
