#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::chat {

/// Rights grow with the value; a role can act only on lower ones. Agents look after watched streams assigned to them,
/// and are members elsewhere.
enum class Role { guest, member, agent, moderator, admin, owner };

std::string_view name(Role role);
std::optional<Role> parse_role(std::string_view text);

/// An account as others may see it. Immutable: a change makes a new one.
struct User {
    base::UserId id;
    std::string username;
    std::string display_name;
    std::string email;   ///< "" where none was given; only its owner and admins see it
    std::string avatar;  ///< name of a file among the uploads, "" where there is none
    Role role = Role::member;
    base::Timestamp created_at{};
    bool shares_name = false;  ///< another account's display name looks the same; `Accounts` knows it
    bool deleted = false;      ///< the account is gone; its messages stay under "Deleted account"
};

/// Shared by everything that shows the user, for as long as it shows that state of them.
using UserPtr = std::shared_ptr<User const>;

}  // namespace soyuz::chat
