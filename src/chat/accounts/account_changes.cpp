#include <map>
#include <mutex>

#include "base/text.hpp"
#include "chat/accounts/accounts_implementation.hpp"
#include "chat/names.hpp"

namespace soyuz::chat {

Result<UserPtr> Accounts::change_profile(UserId const& id, ProfileChange change) {
    auto& own = *implementation_;
    std::map<std::string, std::string> faults;
    if (change.display_name) {
        if (base::is_valid_utf8(*change.display_name)) change.display_name = base::trim(*change.display_name);
        if (auto fault = fault_of_display_name(*change.display_name, own.limits.display_name_characters))
            faults.emplace("display_name", std::move(*fault));
    }
    if (change.email && !change.email->empty()) {
        if (auto fault = fault_of_email(*change.email)) faults.emplace("email", std::move(*fault));
    }
    if (!faults.empty()) return invalid_fields(std::move(faults));

    Result<UserPtr> kept = no_such_account();
    {
        std::lock_guard const order{own.changing};
        auto account = own.account_of(id);
        if (!account) return no_such_account();
        User user = *account->user;
        if (change.display_name) user.display_name = std::move(*change.display_name);
        if (change.email) user.email = std::move(*change.email);
        if (change.avatar) user.avatar = std::move(*change.avatar);
        account->user = std::make_shared<User const>(std::move(user));
        kept = own.keep(std::move(*account), change.email.has_value());
    }
    if (kept && on_changed) on_changed(*kept);
    return kept;
}

Result<UserPtr> Accounts::change_role(User const& actor, UserId const& id, Role role) {
    auto const user = find(id);
    if (!user || user->deleted) return no_such_account();
    if (actor.role <= user->role || actor.role <= role || actor.role < Role::admin)
        return Error{Code::forbidden, "You can only change roles below your own."};
    return set_role(id, role);
}

Result<UserPtr> Accounts::set_role(UserId const& id, Role role) {
    auto& own = *implementation_;
    Result<UserPtr> kept = no_such_account();
    {
        std::lock_guard const order{own.changing};
        auto account = own.account_of(id);
        if (!account) return no_such_account();
        if (account->user->role == Role::owner && role != Role::owner && own.owners() == 1)
            return Error{Code::conflict, "The last owner has to stay."};
        User user = *account->user;
        user.role = role;
        account->user = std::make_shared<User const>(std::move(user));
        kept = own.keep(std::move(*account));
    }
    if (kept && on_changed) on_changed(*kept);
    return kept;
}

Result<void> Accounts::remove(UserId const& id) {
    auto& own = *implementation_;
    Result<UserPtr> kept = no_such_account();
    {
        std::lock_guard const order{own.changing};
        auto account = own.account_of(id);
        if (!account) return no_such_account();
        if (account->user->role == Role::owner && own.owners() == 1)
            return Error{Code::conflict, "The last owner has to stay."};
        User gone;
        gone.id = id;
        gone.username = "deleted";
        gone.display_name = "Deleted account";
        gone.created_at = account->user->created_at;
        gone.deleted = true;
        account->user = std::make_shared<User const>(std::move(gone));
        account->hash.clear();
        kept = own.keep(std::move(*account));
    }
    if (!kept) return kept.error();
    if (on_changed) on_changed(*kept);
    return {};
}

}  // namespace soyuz::chat
