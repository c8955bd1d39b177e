#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "chat/accounts/account_records.hpp"
#include "chat/accounts/accounts.hpp"
#include "chat/accounts/password_hasher.hpp"
#include "chat/accounts/throttle.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

using base::Code;
using base::Error;
using base::UserId;

Error no_such_account();
Error email_taken();
/// One error for all fields that are wrong, at least one.
Error invalid_fields(std::map<std::string, std::string> fields);

/// What making, changing and checking accounts share. Private to `Accounts`.
struct Accounts::Implementation {
    Implementation(store::Store& where, PasswordHasher& with, base::Clock const& time, Limits bounds);

    /// Makes an account's new state what everybody sees. The caller holds `mutex`, or is alone.
    void show(Account account);
    std::optional<Account> account_of(UserId const& id) const;  ///< nothing for deleted ones
    std::optional<Account> account_named(std::string_view name_or_email) const;
    Result<void> write(Account const& account);
    /// Writes and shows a changed account. The caller holds `changing`.
    Result<UserPtr> keep(Account account, bool email_changed = false);
    std::size_t owners() const;

    store::Store& store;
    PasswordHasher& hasher;
    base::Clock const& clock;
    Limits const limits;
    Throttle tries_by_address;
    Throttle tries_by_pair;

    /// One change of an existing account at a time, so that none undoes another; look-ups don't take it.
    std::mutex changing;
    mutable std::shared_mutex mutex;  ///< guards what follows
    std::unordered_map<UserId, Account> accounts;
    std::map<std::string, UserId, std::less<>> by_name;
    std::unordered_map<std::string, UserId> by_email;
    std::unordered_set<std::string> taken;  ///< digests of all names that ever were
    std::set<std::string> pending_names, pending_emails;
    bool owner_pending = false;
};

}  // namespace soyuz::chat
