#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/ids.hpp"
#include "chat/accounts/account_records.hpp"
#include "chat/accounts/look_alikes.hpp"
#include "chat/user.hpp"

namespace soyuz::chat {

/// All accounts in memory, and by what they are found. Deleted ones stay under their id alone.
///
/// Not thread-safe: `Accounts` calls it with its lock held. Pointers hold until the next `show`.
class AccountIndex {
public:
    /// Makes an account's new state what is found; returns the others who share its display name from now on, or no
    /// more.
    std::vector<UserPtr> show(Account account);

    Account const* find(base::UserId const& id) const;
    Account const* by_name(std::string_view username) const;           ///< regardless of case
    Account const* by_email(std::string const& folded_address) const;  ///< of `base::fold_case`
    /// Was there ever an account of this name? `digest`: of the folded name.
    bool is_taken(std::string const& digest) const { return taken_.contains(digest); }
    LookAlikes const& look_alikes() const { return look_alikes_; }

    /// By prefix of user or display name; `folded`: of `base::search_key`.
    std::vector<UserPtr> search(std::string_view folded, std::size_t limit) const;
    std::vector<UserPtr> all() const;
    std::size_t count() const { return by_name_.size(); }
    std::size_t owners() const;

private:
    /// Notes with `id` and the others of this display name whether they share it.
    void mark_sharing(std::string_view display_name, base::UserId const& id, std::vector<UserPtr>& changed);

    std::unordered_map<base::UserId, Account> accounts_;
    std::map<std::string, base::UserId, std::less<>> by_name_;
    std::unordered_map<std::string, base::UserId> by_email_;
    LookAlikes look_alikes_;
    std::unordered_set<std::string> taken_;
};

}  // namespace soyuz::chat
