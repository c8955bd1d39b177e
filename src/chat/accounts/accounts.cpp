#include "chat/accounts/accounts.hpp"

#include <map>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "base/visible_text.hpp"
#include "chat/accounts/password_hasher.hpp"
#include "chat/accounts/password_match.hpp"
#include "chat/accounts/password_text.hpp"
#include "chat/names.hpp"
#include "store/commit_later.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::UserId;

constexpr char collection[] = "users";

Error no_such_account() { return Error{Code::not_found, "There is no such account."}; }

/// Of a name or address with blanks around it, so that nobody has megabytes trimmed.
constexpr std::size_t longest_name_given = 400;

/// Keyboards of phones leave a blank behind a word that they complete, and it is part of no name or address.
std::string without_blanks(std::string const& text) { return base::is_valid_utf8(text) ? base::trim(text) : text; }

Error email_taken() {
    Error error{Code::name_taken, "This e-mail address is in use."};
    error.fields.emplace("email", "is in use");
    return error;
}

Error invalid_fields(std::map<std::string, std::string> fields) {
    auto const& [name, reason] = *fields.begin();
    Error error{Code::invalid_value, name + ' ' + reason + '.'};
    error.fields = std::move(fields);
    return error;
}

Error name_taken() {
    Error error{Code::name_taken, "This user name is taken."};
    error.fields.emplace("username", "is taken");
    return error;
}

Error last_owner_stays() { return Error{Code::conflict, "The last owner has to stay."}; }

Error wrong_credentials() { return Error{Code::invalid_credentials, "The name or the password is wrong."}; }

}  // namespace

Accounts::Accounts(store::Store& store, PasswordHasher& hasher, base::Clock const& clock, Limits limits)
    : store_(store),
      hasher_(hasher),
      clock_(clock),
      limits_(std::move(limits)),
      login_limits_(clock, limits_.logins_per_address) {
    store.each_document(collection, [&](std::string const& id, nlohmann::json const& value) {
        if (auto account = parse_account(id, value)) {
            (void)index_.show(std::move(*account));
        } else {
            base::log::warn("an account can't be read and is left out", {{"id", id}});
        }
    });
}

void Accounts::tell(std::vector<UserPtr> const& changed) const {
    if (!on_changed) return;
    for (auto const& user : changed) on_changed(user);
}

std::optional<Account> Accounts::account_of(UserId const& id) const {
    std::shared_lock const lock{mutex_};
    auto const* const found = index_.find(id);
    return found == nullptr || found->user->deleted ? std::nullopt : std::optional{*found};
}

std::optional<Account> Accounts::account_named(std::string_view name_or_email) const {
    std::shared_lock const lock{mutex_};
    bool const is_email = name_or_email.find('@') != std::string_view::npos;
    auto const* const found =
        is_email ? index_.by_email(base::fold_case(name_or_email)) : index_.by_name(name_or_email);
    return found == nullptr ? std::nullopt : std::optional{*found};
}

Result<void> Accounts::write(Account const& account) {
    store::Batch batch{store::Put{collection, account.user->id.value, account_document(account)}};
    return store::wait_for(store::commit_later(store_, std::move(batch)));
}

Result<UserPtr> Accounts::keep(Account account, bool email_changed) {
    auto const user = account.user;
    auto const folded_email = email_changed ? base::fold_case(user->email) : std::string{};
    if (!folded_email.empty()) {
        std::unique_lock const lock{mutex_};
        auto const* const holder = index_.by_email(folded_email);
        if (holder != nullptr && holder->user->id != user->id) return email_taken();
        if (!pending_emails_.insert(folded_email).second) return email_taken();
    }
    auto const written = write(account);
    std::vector<UserPtr> changed;
    {
        std::unique_lock const lock{mutex_};
        if (!folded_email.empty()) pending_emails_.erase(folded_email);
        if (!written) return written.error();
        changed = index_.show(std::move(account));
    }
    tell(changed);
    return find(user->id);
}

Result<UserPtr> Accounts::amend(UserId const& id, std::function<std::optional<Error>(Account&)> const& edit,
                                bool email_changed) {
    Result<UserPtr> kept = no_such_account();
    {
        std::lock_guard const order{changing_};
        auto account = account_of(id);
        if (!account) return kept;
        if (auto refusal = edit(*account)) return std::move(*refusal);
        kept = keep(std::move(*account), email_changed);
    }
    if (kept && on_changed) on_changed(*kept);
    return kept;
}

bool Accounts::is_last_owner(User const& user) const { return user.role == Role::owner && owners() == 1; }

UserPtr Accounts::find(UserId const& id) const {
    std::shared_lock const lock{mutex_};
    auto const* const found = index_.find(id);
    return found == nullptr ? nullptr : found->user;
}

UserPtr Accounts::find_by_name(std::string_view username) const {
    std::shared_lock const lock{mutex_};
    auto const* const found = index_.by_name(username);
    return found == nullptr ? nullptr : found->user;
}

std::vector<UserPtr> Accounts::search(std::string_view text, std::size_t limit) const {
    if (!base::is_valid_utf8(text)) return {};
    auto const folded = base::search_key(base::trim(text));
    std::shared_lock const lock{mutex_};
    return index_.search(folded, limit);
}

std::vector<UserPtr> Accounts::all() const {
    std::shared_lock const lock{mutex_};
    return index_.all();
}

std::size_t Accounts::count() const {
    std::shared_lock const lock{mutex_};
    return index_.count();
}

std::size_t Accounts::owners() const {
    std::shared_lock const lock{mutex_};
    return index_.owners();
}

std::optional<Error> Accounts::tidy(NewAccount& account) const {
    for (auto* const word : {&account.username, &account.email}) *word = without_blanks(*word);
    account.display_name =
        base::is_valid_utf8(account.display_name) ? base::tidy_line(account.display_name) : account.display_name;
    bool const has_own_display_name = !account.display_name.empty();
    if (!has_own_display_name) account.display_name = account.username;

    std::map<std::string, std::string> faults;
    auto const check = [&](char const* field, std::optional<std::string> fault) {
        if (fault) faults.emplace(field, std::move(*fault));
    };
    check("username", fault_of_username(account.username, limits_.username_characters));
    if (has_own_display_name)
        check("display_name", fault_of_display_name(account.display_name, limits_.display_name_characters));
    account.password = prepared_password(account.password);
    if (!limits_.weak_passwords || account.password.empty())
        check("password", fault_of_password(account.password, account.username));
    if (!account.email.empty()) check("email", fault_of_email(account.email));
    if (!faults.empty()) return invalid_fields(std::move(faults));
    return std::nullopt;
}

std::optional<Error> Accounts::no_place_for(NewAccount const& account, std::string const& name,
                                            std::string const& email) const {
    if (index_.is_taken(base::token_digest(name)) || pending_names_.contains(name)) return name_taken();
    if (!email.empty() && (index_.by_email(email) != nullptr || pending_emails_.contains(email))) return email_taken();
    if (auto fault = index_.look_alikes().fault_of_username(account.username, account.role))
        return invalid_fields({{"username", std::move(*fault)}});
    // A display name that is the user name was looked at as such.
    if (account.display_name != account.username) {
        if (auto fault = index_.look_alikes().fault_of(account.display_name, {}, account.role))
            return invalid_fields({{"display_name", std::move(*fault)}});
    }
    if (index_.count() + pending_names_.size() >= limits_.users)
        return Error{Code::overloaded, "This server has as many accounts as it takes."};
    return std::nullopt;
}

std::optional<Error> Accounts::refusal_of(NewAccount account) const {
    if (auto fault = tidy(account)) return fault;
    std::shared_lock const lock{mutex_};
    return no_place_for(account, base::lower_ascii(account.username), base::fold_case(account.email));
}

Result<UserPtr> Accounts::create(NewAccount account) {
    if (auto fault = tidy(account)) return std::move(*fault);
    auto const folded_name = base::lower_ascii(account.username);
    auto const folded_email = base::fold_case(account.email);
    auto const digest = base::token_digest(folded_name);
    {
        std::unique_lock const lock{mutex_};
        if (auto refusal = no_place_for(account, folded_name, folded_email)) return std::move(*refusal);
        pending_names_.insert(folded_name);
        if (!folded_email.empty()) pending_emails_.insert(folded_email);
    }
    auto const release = [&] {
        pending_names_.erase(folded_name);
        pending_emails_.erase(folded_email);
    };

    auto hash = hasher_.hash(account.password);
    if (!hash) {
        std::unique_lock const lock{mutex_};
        release();
        return hash.error();
    }
    User user;
    user.id = base::new_user_id();
    user.username = std::move(account.username);
    user.display_name = std::move(account.display_name);
    user.email = std::move(account.email);
    user.role = account.role;
    user.created_at = clock_.now();
    auto const made = std::make_shared<User const>(std::move(user));
    Account kept{made, std::move(*hash), digest, {}};
    auto const written = write(kept);
    if (written && on_created) on_created(*made);
    std::vector<UserPtr> changed;
    {
        std::unique_lock const lock{mutex_};
        release();
        if (written) changed = index_.show(std::move(kept));
    }
    if (!written) return written.error();
    changed.push_back(find(made->id));
    tell(changed);
    return changed.back();
}

Result<UserPtr> Accounts::create_owner(NewAccount account) {
    {
        std::unique_lock const lock{mutex_};
        if (owner_pending_ || index_.owners() > 0) return Error{Code::conflict, "This server has an owner already."};
        owner_pending_ = true;
    }
    account.role = Role::owner;
    auto made = create(std::move(account));
    std::unique_lock const lock{mutex_};
    owner_pending_ = false;
    return made;
}

Result<UserPtr> Accounts::authenticate(std::string_view name_or_email, std::string_view password,
                                       std::string_view address, DeviceOf const& device_of) {
    auto const name = without_blanks(std::string{name_or_email.substr(0, longest_name_given)});
    auto const valid_name = base::is_valid_utf8(name);
    auto const account = valid_name ? account_named(name) : std::nullopt;
    auto const device = account && device_of ? device_of(account->user->id) : std::string{};
    // Names that don't exist are counted by their spelling; otherwise the answer would reveal which exist.
    auto const tried =
        login_limits_.begin(address, device, account ? account->user->id.value : base::token_digest(name));
    if (!tried) return tried.error();

    auto const matches = match_password(hasher_, account ? &account->hash : nullptr, password);
    if (matches && *matches == PasswordMatch::none)
        return tried->wait ? LoginLimits::too_many_tries(*tried->wait) : wrong_credentials();
    login_limits_.forgive(*tried);
    if (!matches) return matches.error();

    auto const now = account_of(account->user->id);
    if (!now || now->hash != account->hash) return wrong_credentials();
    // Until the password can be hashed again, it still matches as it was given.
    if (*matches == PasswordMatch::as_given) (void)rehash(now->user->id, now->hash, prepared_password(password));
    return now->user;
}

Result<void> Accounts::change_password(UserId const& id, std::string_view current, std::string_view new_password) {
    auto const account = account_of(id);
    if (!account) return no_such_account();
    if (auto refusal = login_limits_.count_change(id)) return std::move(*refusal);
    auto const matches = match_password(hasher_, &account->hash, current);
    if (!matches) return matches.error();
    if (*matches == PasswordMatch::none) return Error{Code::invalid_credentials, "The present password is wrong."};
    return set_password(id, new_password);
}

Result<void> Accounts::set_password(UserId const& id, std::string_view new_password) {
    auto const before = account_of(id);
    if (!before) return no_such_account();
    auto const prepared = prepared_password(new_password);
    if (auto fault = fault_of_password(prepared, before->user->username))
        return invalid_fields({{"password", std::move(*fault)}});
    return rehash(id, {}, prepared);
}

Result<void> Accounts::rehash(UserId const& id, std::string_view old_hash, std::string_view password) {
    auto hash = hasher_.hash(password);
    if (!hash) return hash.error();

    std::lock_guard const order{changing_};
    auto account = account_of(id);
    if (!account) return no_such_account();
    if (!old_hash.empty() && account->hash != old_hash) return {};
    account->hash = std::move(*hash);
    auto const kept = keep(std::move(*account));
    if (!kept) return kept.error();
    return {};
}

Result<UserPtr> Accounts::change_profile(UserId const& id, ProfileChange change) {
    std::map<std::string, std::string> faults;
    if (change.display_name) {
        if (base::is_valid_utf8(*change.display_name)) change.display_name = base::tidy_line(*change.display_name);
        if (auto fault = fault_of_display_name(*change.display_name, limits_.display_name_characters))
            faults.emplace("display_name", std::move(*fault));
    }
    if (change.email) change.email = without_blanks(*change.email);
    if (change.email && !change.email->empty()) {
        if (auto fault = fault_of_email(*change.email)) faults.emplace("email", std::move(*fault));
    }
    if (!faults.empty()) return invalid_fields(std::move(faults));

    return amend(
        id,
        [&](Account& account) -> std::optional<Error> {
            User user = *account.user;
            if (change.display_name && *change.display_name != user.display_name) {
                std::shared_lock const lock{mutex_};
                if (auto fault = index_.look_alikes().fault_of(*change.display_name, id, user.role))
                    return invalid_fields({{"display_name", std::move(*fault)}});
            }
            if (change.display_name) user.display_name = std::move(*change.display_name);
            if (change.email) user.email = std::move(*change.email);
            if (change.avatar) user.avatar = std::move(*change.avatar);
            account.user = std::make_shared<User const>(std::move(user));
            return std::nullopt;
        },
        change.email.has_value());
}

Result<UserPtr> Accounts::change_role(User const& actor, UserId const& id, Role role) {
    auto const user = find(id);
    if (!user || user->deleted) return no_such_account();
    if (actor.role <= user->role || actor.role <= role || actor.role < Role::admin)
        return Error{Code::forbidden, "You can only change roles below your own."};
    return set_role(id, role);
}

Result<UserPtr> Accounts::set_role(UserId const& id, Role role) {
    return amend(id, [&](Account& account) -> std::optional<Error> {
        if (role != Role::owner && is_last_owner(*account.user)) return last_owner_stays();
        User user = *account.user;
        user.role = role;
        account.user = std::make_shared<User const>(std::move(user));
        return std::nullopt;
    });
}

Result<void> Accounts::remove(UserId const& id) {
    auto const removed = amend(id, [&](Account& account) -> std::optional<Error> {
        if (is_last_owner(*account.user)) return last_owner_stays();
        User gone;
        gone.id = id;
        gone.username = "deleted";
        gone.display_name = "Deleted account";
        gone.created_at = account.user->created_at;
        gone.deleted = true;
        account.user = std::make_shared<User const>(std::move(gone));
        account.hash.clear();
        return std::nullopt;
    });
    if (!removed) return removed.error();
    return {};
}

}  // namespace soyuz::chat
