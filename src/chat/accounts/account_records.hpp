#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "chat/user.hpp"

/// Accounts as they lie on disk (docs/files.md names the fields).
namespace soyuz::chat {

/// An account with what only this room knows of it.
struct Account {
    UserPtr user;
    std::string hash;            ///< of the password; "" for deleted accounts
    std::string name_digest;     ///< of the folded name: what stays of a deleted account's name
    std::string folded_display;  ///< for search
};

std::string account_document(Account const& account);
/// Nothing where it is not an account; `folded_display` is left empty.
std::optional<Account> parse_account(std::string const& id, nlohmann::json const& json);

}  // namespace soyuz::chat
