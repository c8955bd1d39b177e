#include <mutex>

#include "base/random.hpp"
#include "base/text.hpp"
#include "chat/accounts/accounts_implementation.hpp"
#include "chat/names.hpp"

/// Passwords: checked, and changed.
namespace soyuz::chat {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t pair_limit = 10;

Error wrong_credentials() { return Error{Code::invalid_credentials, "The name or the password is wrong."}; }

}  // namespace

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
        return invalid_fields({{"password", std::move(*fault)}});
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

}  // namespace soyuz::chat
