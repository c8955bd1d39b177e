#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "chat/user.hpp"

namespace soyuz::chat {

/// Names by what they look like (UTS #39, skeletons of confusables), so that nobody can pass for another.
///
/// Not thread-safe: `Accounts` calls it with its lock held.
class LookAlikes {
public:
    void add(User const& user);
    void remove(User const& user);

    /// The reason against a display name for the account `id` of this role, as a clause that follows the field's name:
    /// it looks like another's user name, like a member of the staff, or like a word that stands for the server. Staff
    /// may take the latter.
    std::optional<std::string> fault_of(std::string_view display_name, base::UserId const& id, Role role) const;
    /// The same against a user name: it looks like the user name or the display name of a member of the staff, or like
    /// a word that stands for the server.
    std::optional<std::string> fault_of_username(std::string_view username, Role role) const;

    /// Accounts whose display name looks like this one, three at most: of more, all but the newest know it already.
    std::vector<base::UserId> sharing(std::string_view display_name) const;

private:
    using Holders = std::unordered_multimap<std::string, base::UserId>;

    static bool is_held_by_another(Holders const& holders, std::string const& key, base::UserId const& id);
    static bool looks_like(Holders const& holders, std::string_view name, base::UserId const& id);

    Holders usernames_;
    Holders staff_usernames_, staff_;  ///< user names and display names of staff, without decoration
    Holders display_names_;
};

}  // namespace soyuz::chat
