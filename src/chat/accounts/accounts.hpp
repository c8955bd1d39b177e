#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/accounts/account_index.hpp"
#include "chat/accounts/account_records.hpp"
#include "chat/accounts/login_limits.hpp"
#include "chat/user.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::chat {

using base::Result;

class PasswordHasher;

/// Names, passwords, roles and profiles.
///
/// Thread-safe. Look-ups never block; whatever changes an account or checks a password waits for the disk or the
/// hasher, and is for workers.
class Accounts {
public:
    struct Limits {
        std::size_t username_characters = 50;
        std::size_t display_name_characters = 50;
        std::size_t users = 100'000;
        bool weak_passwords = false;                   ///< any are taken: for demonstrations that nobody else reaches
        std::function<unsigned()> logins_per_address;  ///< for `LoginLimits`
    };

    Accounts(store::Store& store, PasswordHasher& hasher, base::Clock const& clock, Limits limits);

    struct NewAccount {
        std::string username;
        std::string password;
        std::string display_name;  ///< "" takes the user name
        std::string email;
        Role role = Role::member;
    };
    /// What speaks against a new account, as `create` would say it: invalid_value (with fields), name_taken,
    /// overloaded. Costs no hash.
    std::optional<base::Error> refusal_of(NewAccount account) const;
    /// Errors: invalid_value (with fields), name_taken (names differ by more than case and were never used before),
    /// overloaded, read_only.
    Result<UserPtr> create(NewAccount account);
    /// Creates the owner if there is none yet; conflict otherwise, also when two try at once.
    Result<UserPtr> create_owner(NewAccount account);

    /// Checks a name or e-mail address with its password, in constant time whether or not the name exists.
    /// `LoginLimits` counts the tries of `address`, the client's; `device_of` gives what names the client's device,
    /// where the account signed in with it before. Errors: invalid_credentials, rate_limited (with retry_after),
    /// overloaded.
    using DeviceOf = std::function<std::string(base::UserId const&)>;
    Result<UserPtr> authenticate(std::string_view name_or_email, std::string_view password, std::string_view address,
                                 DeviceOf const& device_of = {});

    Result<void> change_password(base::UserId const& id, std::string_view current, std::string_view new_password);
    /// Without the current one: for administration.
    Result<void> set_password(base::UserId const& id, std::string_view new_password);

    struct ProfileChange {
        std::optional<std::string> display_name;
        std::optional<std::string> email;
        std::optional<std::string> avatar;
    };
    Result<UserPtr> change_profile(base::UserId const& id, ProfileChange change);
    /// `actor` must stand above both the old and the new role.
    Result<UserPtr> change_role(User const& actor, base::UserId const& id, Role role);
    /// For administration of a folder without a server.
    Result<UserPtr> set_role(base::UserId const& id, Role role);
    /// Forgets everything personal; the name stays taken. The last owner can't go (conflict).
    Result<void> remove(base::UserId const& id);

    UserPtr find(base::UserId const& id) const;             ///< null where there is none; deleted accounts are found
    UserPtr find_by_name(std::string_view username) const;  ///< regardless of case; null for deleted ones
    /// By prefix of user or display name, regardless of case; ascending by name.
    std::vector<UserPtr> search(std::string_view text, std::size_t limit) const;
    std::vector<UserPtr> all() const;
    std::size_t count() const;  ///< without deleted ones
    bool has_owner() const { return owners() > 0; }

    /// Runs after a change is durable, on the thread that made it. Set before the server starts.
    std::function<void(UserPtr const&)> on_changed;
    /// Runs as an account is made, before anybody can find it. Set by `Rooms`.
    std::function<void(User const&)> on_created;

private:
    /// Gives the account its final names; the shape of all that it holds.
    std::optional<base::Error> tidy(NewAccount& account) const;
    /// Why there can't be such an account of these folded names. The caller holds `mutex_`.
    std::optional<base::Error> no_place_for(NewAccount const& account, std::string const& name,
                                            std::string const& email) const;
    void tell(std::vector<UserPtr> const& changed) const;
    std::optional<Account> account_of(base::UserId const& id) const;  ///< nothing for deleted ones
    std::optional<Account> account_named(std::string_view name_or_email) const;
    Result<void> write(Account const& account);
    /// Writes and shows a changed account. The caller holds `changing_`.
    Result<UserPtr> keep(Account account, bool email_changed = false);
    /// Changes an account as `edit` does, unless that refuses, and calls `on_changed`.
    Result<UserPtr> amend(base::UserId const& id, std::function<std::optional<base::Error>(Account&)> const& edit,
                          bool email_changed = false);
    bool is_last_owner(User const& user) const;
    std::size_t owners() const;
    /// Keeps a hash of the prepared `password`; where `old_hash` is given, only in its place.
    Result<void> rehash(base::UserId const& id, std::string_view old_hash, std::string_view password);

    store::Store& store_;
    PasswordHasher& hasher_;
    base::Clock const& clock_;
    Limits const limits_;
    LoginLimits login_limits_;

    /// One change of an existing account at a time, so that none undoes another; look-ups don't take it.
    std::mutex changing_;
    mutable std::shared_mutex mutex_;  ///< guards what follows
    AccountIndex index_;
    std::set<std::string> pending_names_, pending_emails_;
    bool owner_pending_ = false;
};

}  // namespace soyuz::chat
