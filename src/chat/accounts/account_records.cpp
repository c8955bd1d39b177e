#include "chat/accounts/account_records.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace soyuz::chat {

using base::Json;
using base::UserId;

namespace {

std::string text_of(Json const& json, char const* key) {
    auto const found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

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
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Account> parse_account(std::string const& id, Json const& json) {
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

}  // namespace soyuz::chat
