#include "chat/accounts/accounts.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "chat/accounts/accounts_implementation.hpp"
#include "store/commit_later.hpp"

namespace soyuz::chat {

namespace {

using base::Json;

constexpr char collection[] = "users";

}  // namespace

Error no_such_account() { return Error{Code::not_found, "There is no such account."}; }

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

Accounts::Implementation::Implementation(store::Store& where, PasswordHasher& with, base::Clock const& time,
                                         Limits bounds)
    : store(where),
      hasher(with),
      clock(time),
      limits(std::move(bounds)),
      tries_by_address(time, std::chrono::minutes{1}, 20'000),
      tries_by_pair(time, std::chrono::minutes{1}, 50'000) {
    store.each_document(collection, [&](std::string const& id, Json const& value) {
        if (auto account = parse_account(id, value)) {
            show(std::move(*account));
        } else {
            base::log::warn("an account can't be read and is left out id=" + id);
        }
    });
}

void Accounts::Implementation::show(Account account) {
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

std::optional<Account> Accounts::Implementation::account_of(UserId const& id) const {
    std::shared_lock const lock{mutex};
    auto const found = accounts.find(id);
    if (found == accounts.end() || found->second.user->deleted) return std::nullopt;
    return found->second;
}

std::optional<Account> Accounts::Implementation::account_named(std::string_view name_or_email) const {
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

Result<void> Accounts::Implementation::write(Account const& account) {
    store::Batch batch{store::Put{collection, account.user->id.value, account_document(account)}};
    return store::wait_for(store::commit_later(store, std::move(batch)));
}

Result<UserPtr> Accounts::Implementation::keep(Account account, bool email_changed) {
    auto const user = account.user;
    auto const folded_email = email_changed ? base::fold_case(user->email) : std::string{};
    if (!folded_email.empty()) {
        std::unique_lock const lock{mutex};
        auto const holder = by_email.find(folded_email);
        if (holder != by_email.end() && holder->second != user->id) return email_taken();
        if (!pending_emails.insert(folded_email).second) return email_taken();
    }
    auto const written = write(account);
    std::unique_lock const lock{mutex};
    if (!folded_email.empty()) pending_emails.erase(folded_email);
    if (!written) return written.error();
    show(std::move(account));
    return user;
}

std::size_t Accounts::Implementation::owners() const {
    std::shared_lock const lock{mutex};
    return static_cast<std::size_t>(std::count_if(accounts.begin(), accounts.end(), [](auto const& entry) {
        return !entry.second.user->deleted && entry.second.user->role == Role::owner;
    }));
}

Accounts::Accounts(store::Store& store, PasswordHasher& hasher, base::Clock const& clock, Limits limits)
    : implementation_(std::make_unique<Implementation>(store, hasher, clock, std::move(limits))) {}
Accounts::~Accounts() = default;

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
