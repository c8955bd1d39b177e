#include "chat/accounts/account_records.hpp"

#include <nlohmann/json.hpp>

#include "base/json_members.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace soyuz::chat {

using base::Json;
using base::UserId;

std::string account_document(Account const& account) {
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
    return base::to_text(json);
}

std::optional<Account> parse_account(std::string const& id, Json const& json) {
    base::Members const members{json};
    User user;
    user.id = UserId{id};
    user.created_at = members.time("created_at").value_or(base::Timestamp{});
    Account account;
    account.name_digest = members.text("name_digest");
    if (members.flag("deleted")) {
        user.deleted = true;
        user.username = "deleted";
        user.display_name = "Deleted account";
    } else {
        user.username = members.text("username");
        user.display_name = members.text("display_name");
        user.email = members.text("email");
        user.avatar = members.text("avatar");
        auto const role = parse_role(members.text("role"));
        account.hash = members.text("password_hash");
        if (user.username.empty() || !role) return std::nullopt;
        user.role = *role;
        account.name_digest = base::token_digest(base::lower_ascii(user.username));
    }
    account.user = std::make_shared<User const>(std::move(user));
    return account;
}

}  // namespace soyuz::chat
