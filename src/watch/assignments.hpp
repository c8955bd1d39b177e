#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "chat/observer.hpp"
#include "chat/user.hpp"
#include "watch/assignment.hpp"
#include "watch/records.hpp"

namespace soyuz::chat {
class Accounts;
}

namespace soyuz::watch {

/// Which agent looks after which stream: the collection `stream_assignments`. Thread-safe; what changes one waits for
/// the disk.
class Assignments {
public:
    Assignments(store::Store& store, chat::Accounts const& accounts, base::Clock const& clock)
        : accounts_(accounts), clock_(clock), records_(store, "stream_assignments") {}

    struct Draft {
        std::string stream;
        base::UserId agent;
        std::string notes;
        Priority priority = Priority::normal;
    };
    struct Assigned {
        AssignmentPtr assignment;
        bool is_new = false;  ///< else it was so already
    };
    /// Errors: invalid_value for somebody who is no agent, or notes that are too long.
    base::Result<Assigned> assign(base::UserId const& by, Draft const& draft);
    /// Errors: not_found; conflict for one that has ended.
    base::Result<AssignmentPtr> change(std::string_view id, std::optional<std::string> const& notes,
                                       std::optional<Priority> priority);
    base::Result<AssignmentPtr> end(std::string_view id);
    /// All of a stream end. Doesn't wait; gives those that did.
    std::vector<AssignmentPtr> end_all_of(std::string_view stream);

    /// Who would look after another stream: of the agents who are online the one with the fewest active assignments;
    /// where none is, of them all. Null where there are no agents.
    chat::UserPtr least_loaded(chat::Presence const& presence) const;

    std::vector<chat::UserPtr> agents() const;  ///< by name
    AssignmentPtr find(std::string_view id) const { return records_.find(id); }
    /// Newest first; either may be empty for all.
    std::vector<AssignmentPtr> list(std::string_view stream, base::UserId const& agent, bool with_ended) const;
    bool is_assigned(base::UserId const& agent, std::string_view stream) const;
    /// Agents who look after a stream now.
    std::set<base::UserId> agents_of(std::string_view stream) const;
    std::set<std::string> streams_of(base::UserId const& agent) const;

private:
    bool is_agent(base::UserId const& user) const;

    chat::Accounts const& accounts_;
    base::Clock const& clock_;
    Records<Assignment> records_;
};

}  // namespace soyuz::watch
