#pragma once

#include <future>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "moderation/cases/cases.hpp"

namespace soyuz::moderation {

/// What recording, claiming and deciding share. Private to `Cases`.
struct Cases::Implementation {
    Implementation(Cases& outer, store::Store& where, base::Clock const& time, CaseLimits bounds);

    void load();

    // The caller of these holds `mutex`.

    CasePtr get(std::string_view id) const;
    CasePtr joinable(Incident const& incident) const;
    /// The claim in force.
    CaseClaim const* claim_on(std::string const& id) const;
    /// Shows the case and writes it, together with what else the batch holds.
    void put(CasePtr const& one, store::Batch batch, store::Done done);
    void index(CasePtr const& one);
    void forget(Case const& one);
    /// Makes room: old decided cases move to the log, too many open ones expire.
    void make_room(store::Batch& batch);

    /// Applies `edit` to a copy, writes it and waits.
    base::Result<CasePtr> change(std::string_view id, std::function<base::Result<void>(Case&)> const& edit,
                                 More const& more);
    void tell(CasePtr const& one) const {
        if (one && cases.on_changed) cases.on_changed(one);
    }

    Cases& cases;
    store::Store& store;
    base::Clock const& clock;
    CaseLimits const limits;

    /// Held while memory changes and the change is queued, so that both have the same order; never while waiting.
    mutable std::mutex mutex;
    std::unordered_map<std::string, CasePtr> by_id;
    std::unordered_map<base::UserId, std::vector<std::string>> by_author;  ///< oldest first
    std::unordered_map<std::string, std::string> by_message;               ///< newest case of each message
    std::unordered_map<std::string, std::string> by_text;                  ///< newest case of author and text
    std::unordered_map<std::string, CaseClaim> claims;
    std::unordered_set<std::string> busy;
    std::size_t open_cases = 0;
};

}  // namespace soyuz::moderation
