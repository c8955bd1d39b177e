#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "contract/shapes.hpp"
#include "web/http/json_fields.hpp"
#include "web/http/media_type.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

/// Clients that know one public room: their own paths, field names and statuses, our accounts and checks.
namespace {

void fail(Call& call, int status, std::string const& message) {
    call.answer(Json{{"success", false}, {"error", message}, {"message", message}}, status);
}

/// These clients know 400, 401, 403, 409 and 429; what a field lacks stands in the message.
int family_status(base::Error const& error) {
    int const status = status_of(error.code);
    return status == 422 || status == 415 ? 400 : status;
}

std::string sentence(base::Error const& error) {
    return error.fields.empty() ? error.message : error.fields.begin()->first + ": " + error.fields.begin()->second;
}

/// Runs `act` and answers a refusal in the family's shape.
void in_their_words(Call& call, std::function<void()> const& act) {
    try {
        act();
    } catch (Refused const& refused) {
        auto const& error = refused.error;
        fail(call, family_status(error), sentence(error));
        if (error.retry_after.count() > 0) call.given()->with("Retry-After", retry_after(error.retry_after));
    }
}

struct Wish {
    std::string username, password, name;
    /// JSON, or a form of either encoding.
    static Wish of(Call& call) {
        Wish wish;
        if (media_type(call.request().header("content-type")) == json_type) {
            read_body(call, [&](JsonFields& fields) {
                wish = {fields.text_or_empty("username", 200), fields.text_or_empty("password", 1024),
                        fields.text_or_empty("name", 1024)};
            });
        } else {
            wish = {call.form("username"), call.form("password"), call.form("name")};
        }
        if (wish.username.empty() || wish.password.empty())
            throw Refused{{Code::bad_request, "Send a username and a password."}};
        return wish;
    }
};

Json profile_json(chat::User const& user) {
    return {{"success", true},
            {"username", user.username},
            {"name", user.display_name},
            {"profile_picture", contract::avatar_url(user)}};
}

void sign_up_simply(SiteContext& site, Call& call) {
    in_their_words(call, [&] {
        auto const wish = Wish::of(call);
        auto const user =
            register_user(site, call, {wish.username, wish.password, wish.name, "", chat::Role::member}, "");
        call.answer(Json{{"success", true}, {"message", "Welcome."}, {"username", user->username}}, 201);
    });
}

void sign_in_simply(SiteContext& site, Call& call) {
    in_their_words(call, [&] {
        auto const wish = Wish::of(call);
        auto const user = sign_in(site, call, wish.username, wish.password);
        sign_in_browser(site, call, user);
        call.answer(profile_json(*user));
    });
}

void sign_out_simply(SiteContext& site, Call& call) {
    // A link must do here, so only pages of other sites, a neighbouring name's too, are kept from signing people out.
    auto const from = call.request().header("sec-fetch-site");
    if (from == "cross-site" || from == "same-site")
        throw Refused{{Code::bad_csrf_token, "This request came from another site."}};
    if (call.identity() != nullptr) sign_out(site, call);
    call.answer(redirect("/login"));
}

void show_profile(SiteContext& site, Call& call) {
    auto const user = site.accounts.find_by_name(call.query("username").value_or(""));
    if (!user) return fail(call, 404, "There is no such user.");
    call.answer(profile_json(*user));
}

void update_profile(SiteContext& site, Call& call) {
    in_their_words(call, [&] {
        auto const named = call.form("username");
        if (!named.empty() && site.accounts.find_by_name(named) != call.user_pointer())
            throw Refused{{Code::forbidden, "You can change only your own profile."}};
        auto user = call.user_pointer();
        if (auto const name = call.form("displayName"); !name.empty()) {
            chat::Accounts::ProfileChange change;
            change.display_name = name;
            user = change_profile(site, call, std::move(change), "displayName");
        }
        if (auto const* const picture = call.file("profilePicture")) user = change_avatar(site, call, picture->content);
        call.answer(profile_json(*user));
    });
}

}  // namespace

void add_one_room_routes(Router& router) {
    router.post("/auth/simple_signup", Rights::anyone, sign_up_simply).csrf(CsrfRule::same_origin).costs(Cost::hashing);
    router.post("/auth/simple_login", Rights::anyone, sign_in_simply).csrf(CsrfRule::same_origin).costs(Cost::hashing);
    router.get("/auth/logout", Rights::anyone, sign_out_simply).banned_too();
    router.get("/get_profile", Rights::signed_in, show_profile);
    // These clients know no token: a page of another site is told by its Origin, and by SameSite of the cookie.
    router.post("/auth/update_profile", Rights::signed_in, update_profile)
        .csrf(CsrfRule::same_origin)
        .counts_as_change()
        .costs(Cost::picture)
        .up_to(largest_avatar + multipart_overhead);
}

}  // namespace soyuz::web
