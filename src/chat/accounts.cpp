#include "chat/accounts.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "chat/names.hpp"
#include "chat/password_hasher.hpp"
#include "chat/throttle.hpp"
#include "store/commit_later.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

namespace {

using base::Code;
using base::Error;
using base::Json;
using base::UserId;
using std::chrono::milliseconds;

constexpr char collection[] = "users";
constexpr std::size_t pair_limit = 10;

/// An account with what only this room knows of it.
struct Account {
    UserPtr user;
    std::string hash;            ///< of the password; "" for deleted accounts
    std::string name_digest;     ///< of the folded name: what stays of a deleted account's name
    std::string folded_display;  ///< for search
};

Error no_such_account() { return Error{Code::not_found, "There is no such account."}; }
Error wrong_credentials() { return Error{Code::invalid_credentials, "The name or the password is wrong."}; }

Error name_taken() {
    Error error{Code::name_taken, "This user name is taken."};
    error.fields.emplace("username", "is taken");
    return error;
}

Error email_taken() {
    Error error{Code::name_taken, "This e-mail address is in use."};
    error.fields.emplace("email", "is in use");
    return error;
}

Error invalid(std::map<std::string, std::string> fields) {
    auto const& [name, reason] = *fields.begin();
    Error error{Code::invalid_value, name + ' ' + reason + '.'};
    error.fields = std::move(fields);
    return error;
}

std::string document(Account const& account) {
    auto const& user = *account.user;
    Json json{{"created_at", base::to_rfc3339(user.created_at)}, {"name_digest", account.name_digest}};
    if (user.deleted) {
        json["deleted"] = true;
    } else {
        json["username"] = user.username;
        json["display_name"] = user.display_name;
        json["role"] = name(user.role);
        json["password_hash"] = account.hash;
        if (!user.email.empty()) json["email"] = user.email;
        if (!user.avatar.empty()) json["avatar"] = user.avatar;
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string text_of(Json const& json, char const* key) {
    auto const found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<Account> parse(std::string const& id, Json const& json) {
    if (!json.is_object()) return std::nullopt;
    User user;
    user.id = UserId{id};
    user.created_at = base::parse_rfc3339(text_of(json, "created_at")).value_or(base::Timestamp{});
    Account account;
    account.name_digest = text_of(json, "name_digest");
    if (auto const deleted = json.find("deleted"); deleted != json.end() && *deleted == true) {
        user.deleted = true;
        user.username = "deleted";
        user.display_name = "Deleted account";
    } else {
        user.username = text_of(json, "username");
        user.display_name = text_of(json, "display_name");
        user.email = text_of(json, "email");
        user.avatar = text_of(json, "avatar");
        auto const role = parse_role(text_of(json, "role"));
        account.hash = text_of(json, "password_hash");
        if (user.username.empty() || !role) return std::nullopt;
        user.role = *role;
        account.name_digest = base::token_digest(base::lower_ascii(user.username));
    }
    account.user = std::make_shared<User const>(std::move(user));
    return account;
}

}  // namespace

struct Accounts::Implementation {
    Implementation(store::Store& where, PasswordHasher& with, base::Clock const& time, Limits bounds)
        : store(where),
          hasher(with),
          clock(time),
          limits(std::move(bounds)),
          tries_by_address(time, std::chrono::minutes{1}, 20'000),
          tries_by_pair(time, std::chrono::minutes{1}, 50'000) {
        store.each_document(collection, [&](std::string const& id, Json const& value) {
            if (auto account = parse(id, value)) {
                show(std::move(*account));
            } else {
                base::log::warn("an account can't be read and is left out id=" + id);
            }
        });
    }

    /// Makes an account's new state what everybody sees. The caller holds `mutex`, or is alone.
    void show(Account account) {
        auto const user = account.user;
        account.folded_display = base::fold_case(user->display_name);
        taken.insert(account.name_digest);
        if (auto const old = accounts.find(user->id); old != accounts.end() && !old->second.user->deleted) {
            by_name.erase(base::lower_ascii(old->second.user->username));
            by_email.erase(base::fold_case(old->second.user->email));
        }
        if (!user->deleted) {
            by_name[base::lower_ascii(user->username)] = user->id;
            if (!user->email.empty()) by_email[base::fold_case(user->email)] = user->id;
        }
        accounts.insert_or_assign(user->id, std::move(account));
    }

    std::optional<Account> account_of(UserId const& id) const {
        std::shared_lock const lock{mutex};
        auto const found = accounts.find(id);
        if (found == accounts.end() || found->second.user->deleted) return std::nullopt;
        return found->second;
    }

    std::optional<Account> account_named(std::string_view name_or_email) const {
        std::shared_lock const lock{mutex};
        UserId const* id = nullptr;
        if (name_or_email.find('@') != std::string_view::npos) {
            auto const found = by_email.find(base::fold_case(name_or_email));
            if (found != by_email.end()) id = &found->second;
        } else if (auto const found = by_name.find(base::lower_ascii(name_or_email)); found != by_name.end()) {
            id = &found->second;
        }
        return id == nullptr ? std::nullopt : std::optional{accounts.at(*id)};
    }

    /// Writes and shows a changed account. The caller holds `changing`.
    Result<UserPtr> keep(Account account, bool email_changed = false) {
        auto const user = account.user;
        auto const folded_email = email_changed ? base::fold_case(user->email) : std::string{};
        if (!folded_email.empty()) {
            std::unique_lock const lock{mutex};
            auto const holder = by_email.find(folded_email);
            if (holder != by_email.end() && holder->second != user->id) return email_taken();
            if (!pending_emails.insert(folded_email).second) return email_taken();
        }
        auto const written =
            store::wait_for(store::commit_later(store, {store::Put{collection, user->id.value, document(account)}}));
        std::unique_lock const lock{mutex};
        if (!folded_email.empty()) pending_emails.erase(folded_email);
        if (!written) return written.error();
        show(std::move(account));
        return user;
    }

    std::size_t owners() const {
        std::shared_lock const lock{mutex};
        return static_cast<std::size_t>(std::count_if(accounts.begin(), accounts.end(), [](auto const& entry) {
            return !entry.second.user->deleted && entry.second.user->role == Role::owner;
        }));
    }

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

Accounts::Accounts(store::Store& store, PasswordHasher& hasher, base::Clock const& clock, Limits limits)
    : implementation_(std::make_unique<Implementation>(store, hasher, clock, std::move(limits))) {}
Accounts::~Accounts() = default;

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
    if (!faults.empty()) return invalid(std::move(faults));

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
    auto const written =
        store::wait_for(store::commit_later(own.store, {store::Put{collection, made->id.value, document(kept)}}));
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

Result<UserPtr> Accounts::authenticate(std::string_view name_or_email, std::string_view password,
                                       std::string_view address) {
    auto& own = *implementation_;
    auto const wished = own.limits.logins_per_address ? own.limits.logins_per_address() : 10U;
    auto const per_address = address.empty() ? 0 : wished;
    auto const where = address_key(address);
    auto const valid_name = name_or_email.size() <= 320 && base::is_valid_utf8(name_or_email);
    auto const account = valid_name ? own.account_named(name_or_email) : std::nullopt;
    // Names that don't exist are counted by their own spelling, or the answer would tell them apart.
    auto const pair = where + '\n' + (account ? account->user->id.value : base::token_digest(name_or_email));

    auto const too_often = [](milliseconds wait) {
        return Error{Code::rate_limited, "Too many tries. Wait a little, then try again.", wait};
    };
    if (auto const wait = own.tries_by_address.take(where, per_address); wait > milliseconds{0}) return too_often(wait);
    if (auto const wait = own.tries_by_pair.take(pair, per_address == 0 ? 0 : pair_limit); wait > milliseconds{0})
        return too_often(wait);

    // Longer than any password of ours: not worth its hash.
    if (password.size() > 256) password = password.substr(0, 256);
    auto const matches = account ? own.hasher.verify(account->hash, password) : own.hasher.verify_nothing(password);
    if (matches && !*matches) return wrong_credentials();
    own.tries_by_address.give_back(where);
    own.tries_by_pair.give_back(pair);
    if (!matches) return matches.error();

    auto const now = own.account_of(account->user->id);
    if (!now || now->hash != account->hash) return wrong_credentials();
    return now->user;
}

Result<void> Accounts::change_password(UserId const& id, std::string_view current, std::string new_password) {
    auto& own = *implementation_;
    auto const account = own.account_of(id);
    if (!account) return no_such_account();
    if (auto const wait = own.tries_by_pair.take("change\n" + id.value, pair_limit); wait > milliseconds{0})
        return Error{Code::rate_limited, "Too many tries. Wait a little, then try again.", wait};
    auto const matches = own.hasher.verify(account->hash, current);
    if (!matches) return matches.error();
    if (!*matches) return Error{Code::invalid_credentials, "The present password is wrong."};
    own.tries_by_pair.give_back("change\n" + id.value);
    return set_password(id, std::move(new_password));
}

Result<void> Accounts::set_password(UserId const& id, std::string new_password) {
    auto& own = *implementation_;
    auto const before = own.account_of(id);
    if (!before) return no_such_account();
    if (auto fault = fault_of_password(new_password, before->user->username))
        return invalid({{"password", std::move(*fault)}});
    auto hash = own.hasher.hash(new_password);
    if (!hash) return hash.error();

    std::lock_guard const order{own.changing};
    auto account = own.account_of(id);
    if (!account) return no_such_account();
    account->hash = std::move(*hash);
    auto const kept = own.keep(std::move(*account));
    if (!kept) return kept.error();
    return {};
}

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
    if (!faults.empty()) return invalid(std::move(faults));

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

UserPtr Accounts::find(UserId const& id) const {
    auto const& own = *implementation_;
    std::shared_lock const lock{own.mutex};
    auto const found = own.accounts.find(id);
    return found == own.accounts.end() ? nullptr : found->second.user;
}

UserPtr Accounts::find_by_name(std::string_view username) const {
    auto const& own = *implementation_;
    auto const folded = base::lower_ascii(username);
    std::shared_lock const lock{own.mutex};
    auto const found = own.by_name.find(folded);
    return found == own.by_name.end() ? nullptr : own.accounts.at(found->second).user;
}

std::vector<UserPtr> Accounts::search(std::string_view text, std::size_t limit) const {
    auto const& own = *implementation_;
    std::vector<UserPtr> found;
    if (!base::is_valid_utf8(text)) return found;
    auto const folded = base::fold_case(base::trim(text));
    std::shared_lock const lock{own.mutex};
    for (auto const& [name, id] : own.by_name) {
        if (found.size() >= limit) break;
        auto const& account = own.accounts.at(id);
        if (name.starts_with(folded) || account.folded_display.starts_with(folded)) found.push_back(account.user);
    }
    return found;
}

std::vector<UserPtr> Accounts::all() const {
    auto const& own = *implementation_;
    std::vector<UserPtr> found;
    std::shared_lock const lock{own.mutex};
    found.reserve(own.by_name.size());
    for (auto const& [name, id] : own.by_name) found.push_back(own.accounts.at(id).user);
    return found;
}

std::size_t Accounts::count() const {
    auto const& own = *implementation_;
    std::shared_lock const lock{own.mutex};
    return own.by_name.size();
}

}  // namespace soyuz::chat
