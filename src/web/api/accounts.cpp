#include "chat/accounts/accounts.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "chat/banned_error.hpp"
#include "chat/observer.hpp"
#include "chat/rooms/rooms.hpp"
#include "contract/shapes.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "web/api/accounts.hpp"
#include "web/files/images.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

struct NewUser {
    std::string username, password, display_name, email, invite;
    static NewUser read(JsonFields& fields) {
        return {fields.text("username", 200), fields.text("password", 1024), fields.text_or_empty("display_name", 1024),
                fields.text_or_empty("email", 320), fields.text_or_empty("invite", 500)};
    }
};

struct Credentials {
    std::string name, password;
    bool refresh = false;
    static Credentials read(JsonFields& fields) {
        Credentials credentials;
        credentials.name = fields.has("username") ? fields.text("username", 320) : fields.text_or_empty("email", 320);
        if (credentials.name.empty()) fields.wrong("username", "This is missing.");
        credentials.password = fields.text("password", 1024);
        credentials.refresh = fields.optional_flag("refresh").value_or(false);
        return credentials;
    }
};

struct ProfileEdit {
    chat::Accounts::ProfileChange change;
    static ProfileEdit read(JsonFields& fields) {
        return {{fields.optional_text("display_name", 1024), fields.optional_text("email", 320), std::nullopt}};
    }
};

struct NewPassword {
    std::string current, wanted;
    static NewPassword read(JsonFields& fields) {
        return {fields.text("current_password", 1024), fields.text("new_password", 1024)};
    }
};

Json own_json(SiteContext& site, chat::User const& user) {
    auto json = contract::user_json(user, site.presence.is_online(user.id));
    json["email"] = user.email;
    return json;
}

/// The answer to a sign-in of a program.
Json token_json(SiteContext& site, Call const& call, chat::UserPtr const& user) {
    return tokens_json(site, open_session(site, call, user, chat::Session::Kind::token), *user);
}

void put_avatar(SiteContext& site, Call& call) {
    auto const* const picture = call.file("avatar");
    if (picture == nullptr) throw Refused{base::invalid_field("avatar", "Send a picture in the field \"avatar\".")};
    call.answer(own_json(site, *change_avatar(site, call, picture->content)));
}

void remove_account(SiteContext& site, Call& call) {
    // A cookie or token that somebody else holds for a moment must not be enough to end an account.
    std::string password;
    if (!call.request().body.empty())
        read_body(call, [&](JsonFields& fields) { password = fields.text("password", 1024); });
    if (password.empty()) throw Refused{base::invalid_field("password", "Confirm with your password.")};
    delete_account(site, call, password);
    call.answer(no_content());
}

}  // namespace

Json tokens_json(SiteContext& site, chat::Sessions::Opened const& opened, chat::User const& user) {
    Json json{{"access_token", opened.token},
              {"token_type", "bearer"},
              {"expires_in", std::chrono::seconds{site.options.token_lifetime}.count()},
              {"username", user.username},
              {"user", own_json(site, user)}};
    if (opened.refresh_token.empty()) return json;
    json["refresh_token"] = opened.refresh_token;
    json["refresh_expires_at"] = base::to_rfc3339(opened.session.expires_at);
    return json;
}

Json sign_in_refreshing(SiteContext& site, Call const& call, chat::UserPtr const& user) {
    auto const agent = call.request().header("user-agent").substr(0, 200);
    return tokens_json(site, or_refuse(site.sessions.open_with_refresh(*user, agent)), *user);
}

std::string refresh_token_of(Call const& call) {
    constexpr std::string_view bearer = "bearer ";
    auto const header = call.request().header("authorization");
    if (header.size() > bearer.size() && base::lower_ascii(header.substr(0, bearer.size())) == bearer)
        return std::string{header.substr(bearer.size())};
    if (call.request().body.empty()) return {};
    std::string token;
    read_body(call, [&](JsonFields& fields) { token = fields.text_or_empty("refresh_token", 400); });
    return token;
}

Json refresh_tokens(SiteContext& site, Call const& call) {
    auto const token = refresh_token_of(call);
    if (auto const who = site.sessions.find_by_refresh_token(token)) {
        if (auto const ban = site.sanctions.exclusion_of(who->user->id)) throw Refused{chat::banned_error(*ban)};
    }
    auto const opened = or_refuse(site.sessions.refresh(token));
    auto const user = site.accounts.find(opened.session.user);
    if (!user) throw Refused{{Code::not_signed_in, "Sign in again."}};
    return tokens_json(site, opened, *user);
}

void add_account_routes(Router& router) {
    router
        .post("/api/v1/register", Rights::anyone,
              [](SiteContext& site, Call& call) {
                  auto const wish = parse<NewUser>(call);
                  auto const user = register_user(
                      site, call, {wish.username, wish.password, wish.display_name, wish.email, chat::Role::member},
                      wish.invite);
                  call.answer(token_json(site, call, user), 201);
              })
        .csrf(CsrfRule::same_origin)
        .costs(Cost::hashing)
        .about("Creates an account and signs it in")
        .body("NewUser")
        .answers("Token", 201);
    router
        .post(
            "/api/v1/login", Rights::anyone,
            [](SiteContext& site, Call& call) {
                auto const credentials = parse<Credentials>(call);
                auto const user = sign_in(site, call, credentials.name, credentials.password);
                call.answer(credentials.refresh ? sign_in_refreshing(site, call, user) : token_json(site, call, user));
            })
        .csrf(CsrfRule::same_origin)
        .costs(Cost::hashing)
        .about("Signs in with a user name or e-mail address")
        .body("Credentials")
        .answers("Token");

    router
        .post("/api/v1/refresh", Rights::anyone,
              [](SiteContext& site, Call& call) { call.answer(refresh_tokens(site, call)); })
        .csrf(CsrfRule::same_origin)
        .about(
            "A new access and a new refresh token for a refresh token, sent as bearer or as refresh_token; one that "
            "was used before ends the session")
        .body("RefreshToken")
        .answers("Token");
    router
        .get("/api/v1/me", Rights::signed_in,
             [](SiteContext& site, Call& call) { call.answer(own_json(site, call.user())); })
        .about("The caller's own account")
        .answers("User");
    router
        .patch("/api/v1/me", Rights::signed_in,
               [](SiteContext& site, Call& call) {
                   auto edit = parse<ProfileEdit>(call);
                   call.answer(own_json(site, *change_profile(site, call, std::move(edit.change))));
               })
        .counts_as_change()
        .about("Changes display name or e-mail address")
        .body("Profile")
        .answers("User");
    router.remove("/api/v1/me", Rights::signed_in, remove_account)
        .costs(Cost::hashing)
        .about("Deletes the caller's account; its messages stay under nobody's name")
        .body("PasswordOnly")
        .answers("", 204);
    router
        .post("/api/v1/me/password", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  auto const wish = parse<NewPassword>(call);
                  change_password(site, call, wish.current, wish.wanted);
                  call.answer(no_content());
              })
        .costs(Cost::hashing)
        .about("Changes the password and ends every other session")
        .body("NewPassword")
        .answers("", 204);
    router.put("/api/v1/me/avatar", Rights::signed_in, put_avatar)
        .costs(Cost::picture)
        .up_to(largest_avatar + multipart_overhead)
        .counts_as_change()
        .about("Sets the picture: multipart field avatar, PNG, JPEG, WebP or GIF up to 5 MB and 16 megapixels")
        .body("multipart:avatar")
        .answers("User");
    router
        .remove("/api/v1/me/avatar", Rights::signed_in,
                [](SiteContext& site, Call& call) {
                    remove_avatar(site, call);
                    call.answer(no_content());
                })
        .counts_as_change()
        .about("Removes the picture")
        .answers("", 204);

    router
        .get("/api/v1/users", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 auto const limit = std::min<unsigned long long>(call.query_number("limit").value_or(20), 100);
                 auto users = Json::array();
                 for (auto const& user : site.accounts.search(call.query("q").value_or(""), limit))
                     users.push_back(contract::user_json(*user, site.presence.is_online(user->id)));
                 call.answer(Json{{"users", std::move(users)}});
             })
        .reads({"q", "limit"})
        .about("Users whose name starts with q")
        .answers("Users");
    router
        .get("/api/v1/users/{username}", Rights::signed_in,
             [](SiteContext& site, Call& call) {
                 auto const user = find_user(site, call.parameter("username"));
                 call.answer(contract::user_json(*user, site.presence.is_online(user->id)));
             })
        .about("One user")
        .answers("User");
    router
        .patch("/api/v1/users/{username}", Rights::admin,
               [](SiteContext& site, Call& call) {
                   auto const user = find_user(site, call.parameter("username"));
                   std::optional<chat::Role> role;
                   read_body(call, [&](JsonFields& fields) {
                       role = chat::parse_role(fields.text("role", 20));
                       if (!role) fields.wrong("role", "This must be guest, member, moderator, admin or owner.");
                   });
                   auto const changed = or_refuse(site.accounts.change_role(call.user(), user->id, *role));
                   or_refuse(site.sessions.end_all(changed->id, chat::SessionEnd::role_changed));
                   audit(site, call, "role_changed",
                         {{"user", changed->username}, {"role", std::string{chat::name(*role)}}});
                   call.answer(contract::user_json(*changed, site.presence.is_online(changed->id)));
               })
        .about("Changes a user's role, which ends their sessions")
        .body("RoleChange")
        .answers("User");
}

}  // namespace soyuz::web
