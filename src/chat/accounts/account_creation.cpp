#include <map>
#include <mutex>

#include "base/random.hpp"
#include "base/text.hpp"
#include "chat/accounts/accounts_implementation.hpp"
#include "chat/names.hpp"

namespace soyuz::chat {

namespace {

Error name_taken() {
    Error error{Code::name_taken, "This user name is taken."};
    error.fields.emplace("username", "is taken");
    return error;
}

}  // namespace

Result<UserPtr> Accounts::create(NewAccount account) {
    auto& own = *implementation_;
    account.display_name =
        base::is_valid_utf8(account.display_name) ? base::trim(account.display_name) : account.display_name;
    bool const has_own_display_name = !account.display_name.empty();
    if (!has_own_display_name) account.display_name = account.username;

    std::map<std::string, std::string> faults;
    auto const check = [&](char const* field, std::optional<std::string> fault) {
        if (fault) faults.emplace(field, std::move(*fault));
    };
    check("username", fault_of_username(account.username, own.limits.username_characters));
    if (has_own_display_name)
        check("display_name", fault_of_display_name(account.display_name, own.limits.display_name_characters));
    check("password", fault_of_password(account.password, account.username));
    if (!account.email.empty()) check("email", fault_of_email(account.email));
    if (!faults.empty()) return invalid_fields(std::move(faults));

    auto const folded_name = base::lower_ascii(account.username);
    auto const folded_email = base::fold_case(account.email);
    auto const digest = base::token_digest(folded_name);
    {
        std::unique_lock const lock{own.mutex};
        if (own.taken.contains(digest) || own.pending_names.contains(folded_name)) return name_taken();
        if (!folded_email.empty() &&
            (own.by_email.contains(folded_email) || own.pending_emails.contains(folded_email))) {
            return email_taken();
        }
        if (own.by_name.size() + own.pending_names.size() >= own.limits.users)
            return Error{Code::overloaded, "This server has as many accounts as it takes."};
        own.pending_names.insert(folded_name);
        if (!folded_email.empty()) own.pending_emails.insert(folded_email);
    }
    auto const release = [&] {
        own.pending_names.erase(folded_name);
        own.pending_emails.erase(folded_email);
    };

    auto hash = own.hasher.hash(account.password);
    if (!hash) {
        std::unique_lock const lock{own.mutex};
        release();
        return hash.error();
    }
    User user;
    user.id = base::new_user_id();
    user.username = std::move(account.username);
    user.display_name = std::move(account.display_name);
    user.email = std::move(account.email);
    user.role = account.role;
    user.created_at = own.clock.now();
    auto const made = std::make_shared<User const>(std::move(user));
    Account kept{made, std::move(*hash), digest, {}};
    auto const written = own.write(kept);
    if (written && on_created) on_created(*made);
    {
        std::unique_lock const lock{own.mutex};
        release();
        if (written) own.show(std::move(kept));
    }
    if (!written) return written.error();
    if (on_changed) on_changed(made);
    return made;
}

Result<UserPtr> Accounts::create_owner(NewAccount account) {
    auto& own = *implementation_;
    {
        std::unique_lock const lock{own.mutex};
        if (!own.accounts.empty() || !own.pending_names.empty() || own.owner_pending)
            return Error{Code::conflict, "This server has an owner already."};
        own.owner_pending = true;
    }
    account.role = Role::owner;
    auto made = create(std::move(account));
    std::unique_lock const lock{own.mutex};
    own.owner_pending = false;
    return made;
}

}  // namespace soyuz::chat
