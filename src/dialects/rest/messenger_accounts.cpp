#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/sessions/sessions.hpp"
#include "dialects/rest/family.hpp"
#include "dialects/rest/routes.hpp"
#include "web/api/accounts.hpp"
#include "web/http/json_fields.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::dialects {

namespace {

using Json = nlohmann::json;
using base::Code;
using web::Call;
using web::Cost;
using web::CsrfRule;
using web::or_refuse;
using web::Refused;
using web::Rights;
using web::SiteContext;

struct NewAccount {
    std::string username, password, email, invite;
    static NewAccount read(web::JsonFields& fields) {
        return {fields.text("username", 200), fields.text("password", 1024), fields.text_or_empty("email", 320),
                fields.text_or_empty("invite", 500)};
    }
};

struct Credentials {
    std::string name, password;
    static Credentials read(web::JsonFields& fields) {
        Credentials credentials;
        for (auto const* field : {"email", "username"})
            if (credentials.name.empty()) credentials.name = fields.text_or_empty(field, 320);
        if (credentials.name.empty()) fields.wrong("email", "This is missing.");
        credentials.password = fields.text("password", 1024);
        return credentials;
    }
};

void register_account(SiteContext& site, Call& call) {
    auto const wish = web::parse<NewAccount>(call);
    auto const user =
        web::register_user(site, call, {wish.username, wish.password, "", wish.email, chat::Role::member}, wish.invite);
    auto json = web::sign_in_refreshing(site, call, user);
    json["msg"] = "Welcome, " + user->username + ". Your account is ready.";
    json["email"] = user->email;
    json["role"] = chat::name(user->role);
    call.answer(json, 201);
}

void log_in(SiteContext& site, Call& call) {
    auto const credentials = web::parse<Credentials>(call);
    auto const user = web::sign_in(site, call, credentials.name, credentials.password);
    auto json = web::sign_in_refreshing(site, call, user);
    json["email"] = user->email;
    json["role"] = chat::name(user->role);
    call.answer(json);
}

void log_out(SiteContext& site, Call& call) {
    auto const by_refresh_token = site.sessions.find_by_refresh_token(web::refresh_token_of(call));
    auto const* const identity = by_refresh_token ? &*by_refresh_token : call.identity();
    if (identity == nullptr) throw Refused{{Code::not_signed_in, "Sign in first."}};
    or_refuse(site.sessions.end(identity->session.id, chat::SessionEnd::signed_out));
    call.answer(Json{{"msg", "You are signed out."}});
}

}  // namespace

void add_messenger_account_routes(web::Router& router) {
    router.post("/api/register", Rights::anyone, register_account)
        .csrf(CsrfRule::same_origin)
        .costs(Cost::hashing)
        .refuses(messenger_refusal);
    router.post("/api/login", Rights::anyone, log_in)
        .csrf(CsrfRule::same_origin)
        .costs(Cost::hashing)
        .refuses(messenger_refusal);
    router
        .post("/api/refresh", Rights::anyone,
              [](SiteContext& site, Call& call) { call.answer(web::refresh_tokens(site, call)); })
        .csrf(CsrfRule::same_origin)
        .refuses(messenger_refusal);
    // A page that signed in by its cookie goes the way of pages.
    router.post("/api/logout", Rights::anyone, log_out).refuses(messenger_refusal).banned_too();
}

}  // namespace soyuz::dialects
