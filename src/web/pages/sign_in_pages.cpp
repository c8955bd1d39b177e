#include <algorithm>

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "base/log.hpp"
#include "chat/banned_error.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/settings.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "store/store.hpp"
#include "web/api/cases.hpp"
#include "web/http/cookies.hpp"
#include "web/sign_in.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using Json = nlohmann::json;

namespace {

constexpr std::chrono::hours first_invite_life{24 * 7};
constexpr std::uint64_t first_invite_uses = 100;

/// Where to go after signing in: only a path of this server, so that a link to the form can't lead elsewhere.
std::string safe_next(std::string const& wanted, std::string fallback = "/chat") {
    bool const is_local = wanted.starts_with('/') && !wanted.starts_with("//") && wanted.size() < 500 &&
                          wanted.find_first_of("\\\r\n\t") == std::string::npos;
    return is_local ? wanted : fallback;
}

std::string word(SiteContext& site, Call const& call, std::string_view key) {
    auto const& pages = site.pages;
    return pages.catalogue().text(pages.language(call), key);
}

/// A ban has ended all sessions: who has just given the right password may ask for another look with a token of this,
/// in the browser in which they gave it.
std::string appeal_subject(Call const& call, chat::User const& user) {
    return "appeal " + user.id.value + ' ' + std::string{call.cookie(visitor_cookie)};
}

bool is_good_ticket(SiteContext const& site, Call const& call, chat::User const& user, std::string_view given) {
    auto const expected = site.visitors.token(appeal_subject(call, user));
    return expected.size() == given.size() && sodium_memcmp(expected.data(), given.data(), expected.size()) == 0;
}

/// `appeal`: "" where none was sent, else what became of it.
Answer banned_page(SiteContext& site, Call& call, base::Error const& error, chat::UserPtr const& user = nullptr,
                   std::string_view appeal = {}) {
    Json ban{{"reason", error.reason}, {"until", nullptr}, {"until_text", ""}};
    if (error.until) {
        auto const until = base::to_rfc3339(*error.until);
        ban["until"] = until;
        ban["until_text"] = until.substr(0, 10) + ' ' + until.substr(11, 5) + " UTC";
    }
    Json context{{"ban", std::move(ban)}, {"appeal", appeal}, {"who", ""}, {"ticket", ""}};
    if (user) {
        context["who"] = user->id.value;
        context["ticket"] = site.visitors.token(appeal_subject(call, *user));
    }
    return site.pages.render(call, "banned.html", std::move(context), 403);
}

/// Until there is an owner each door leads to the set-up page, which says what to do.
bool leads_to_setup(SiteContext const& site, Call& call) {
    if (site.is_set_up()) return false;
    call.answer(redirect("/setup"));
    return true;
}

void show_login(SiteContext& site, Call& call) {
    if (call.identity() == nullptr && leads_to_setup(site, call)) return;
    auto const next = safe_next(call.query("next").value_or(""), "");
    if (call.identity() != nullptr) return call.answer(redirect(next.empty() ? "/chat" : next));
    call.answer(site.pages.render(call, "login.html", {{"error", ""}, {"username", ""}, {"next", next}}));
}

void do_login(SiteContext& site, Call& call) {
    auto const name = call.form("username");
    auto const next = safe_next(call.form("next"));
    try {
        sign_in_browser(site, call, sign_in(site, call, name, call.form("password")));
        call.answer(redirect(next));
    } catch (Refused const& refused) {
        auto const& error = refused.error;
        if (error.code == Code::banned)
            return call.answer(banned_page(site, call, error, site.accounts.find_by_name(name)));
        auto const key = "login." + std::string{base::code_name(error.code)};
        auto text = word(site, call, key);
        if (text == key) text = error.message;
        auto answer = site.pages.render(call, "login.html", {{"error", text}, {"username", name}, {"next", next}},
                                        status_of(error.code));
        if (error.retry_after.count() > 0) answer.with("Retry-After", retry_after(error.retry_after));
        call.answer(std::move(answer));
    }
}

/// What a form shows again after an error: each wrong field with its reason, or the error itself.
Json form_errors(base::Error const& error, std::initializer_list<std::string_view> shown) {
    auto errors = Json::object();
    for (auto const& [field, reason] : error.fields) {
        bool const has_place = std::find(shown.begin(), shown.end(), field) != shown.end();
        errors[has_place ? field : "form"] = reason;
    }
    if (error.code == Code::name_taken) errors["username"] = error.message;
    if (error.code == Code::invite_needed) errors["invite"] = error.message;
    if (errors.empty()) errors["form"] = error.message;
    return errors;
}

Json form_values(Call const& call, std::initializer_list<std::string_view> names) {
    auto values = Json::object();
    for (auto name : names) values[std::string{name}] = call.form(name);
    return values;
}

void show_signup(SiteContext& site, Call& call) {
    if (leads_to_setup(site, call)) return;
    auto const invite = invite_code(call.query("invite").value_or(""));
    if (call.identity() != nullptr)
        return call.answer(redirect(invite.empty() ? "/chat" : "/join/" + percent_encode(invite)));
    bool const is_good = !invite.empty() && site.rooms.invites().find(invite).has_value();
    Json context{{"errors", Json::object()}, {"values", Json::object()}, {"invite", is_good ? invite : ""}};
    if (site.settings.get()->registration == chat::Registration::closed) {
        throw Refused{{Code::registration_closed, "This server takes no new accounts at the moment."}};
    }
    call.answer(site.pages.render(call, "signup.html", std::move(context)));
}

void do_signup(SiteContext& site, Call& call) {
    auto const invite = invite_code(call.form("invite"));
    auto const room = invite.empty() ? std::nullopt : site.rooms.invites().find(invite);
    try {
        auto const user = register_user(
            site, call,
            {call.form("username"), call.form("password"), call.form("display_name"), "", chat::Role::member}, invite);
        sign_in_browser(site, call, user);
        auto const joined = room ? site.rooms.find_for(*user, room->room.value) : nullptr;
        call.answer(redirect(joined ? "/chat/" + percent_encode(joined->name) : "/chat"));
    } catch (Refused const& refused) {
        auto const& error = refused.error;
        Json context{{"errors", form_errors(error, {"username", "password", "display_name", "invite"})},
                     {"values", form_values(call, {"username", "display_name", "invite"})},
                     {"invite", room ? invite : ""}};
        auto answer = site.pages.render(call, "signup.html", std::move(context), status_of(error.code));
        if (error.retry_after.count() > 0) answer.with("Retry-After", retry_after(error.retry_after));
        call.answer(std::move(answer));
    }
}

void check_setup_token(SiteContext& site, std::string const& token) {
    if (site.setup_token().empty()) throw Refused{{Code::not_found, "This server is set up already. Sign in instead."}};
    if (token.empty()) {
        auto error = not_set_up();
        error.code = Code::forbidden;
        throw Refused{std::move(error)};
    }
    if (!site.is_setup_token(token))
        throw Refused{
            {Code::forbidden, "This set-up link is not valid. Use the one that the server printed when it started."}};
}

void show_setup(SiteContext& site, Call& call) {
    auto const token = call.query("token").value_or("");
    if (token.empty() && !site.is_set_up())
        return call.answer(site.pages.render(call, "setup_needed.html", Json::object(), 403));
    check_setup_token(site, token);
    call.answer(site.pages.render(call, "setup.html",
                                  {{"token", token},
                                   {"errors", Json::object()},
                                   {"values", {{"instance_name", ""}, {"purpose", "friends"}}},
                                   {"purposes", {"friends", "class", "stream", "community"}}}));
}

std::optional<chat::Purpose> parse_purpose(std::string_view text) {
    if (text == "friends") return chat::Purpose::friends;
    if (text == "class") return chat::Purpose::class_;
    if (text == "stream") return chat::Purpose::stream;
    if (text == "community") return chat::Purpose::community;
    return std::nullopt;
}

void do_setup(SiteContext& site, Call& call) {
    auto const token = call.form("token");
    check_setup_token(site, token);
    try {
        auto const purpose = parse_purpose(call.form("purpose"));
        if (!purpose) throw Refused{base::invalid_field("purpose", "Choose what this server is for.")};
        auto const owner = or_refuse(site.accounts.create_owner(
            {call.form("username"), call.form("password"), call.form("display_name"), "", chat::Role::owner}));
        // The account stands; a name that doesn't fit can be given later in the settings.
        auto name = call.form("instance_name");
        auto applied = site.settings.apply_purpose(*purpose, name.empty() ? "Soyuz" : name);
        if (!applied) applied = site.settings.apply_purpose(*purpose, "Soyuz");
        // What the first page shows to be passed on.
        if (!site.rooms.invites().create(*owner, site.rooms.lobby()->id, first_invite_life, first_invite_uses))
            base::log::warn("no invite could be made at set-up");
        if (!applied) base::log::error("the purpose chosen at set-up could not be saved");
        // The documents of the set-up are written at once, not with the next checkpoint.
        if (!site.store.checkpoint()) base::log::warn("the set-up is in the journal only for now");
        sign_in_browser(site, call, owner);
        call.answer(redirect("/chat"));
    } catch (Refused const& refused) {
        auto const& error = refused.error;
        Json context{
            {"token", token},
            {"errors", form_errors(error, {"username", "password", "display_name", "purpose", "instance_name"})},
            {"values", form_values(call, {"username", "display_name", "purpose", "instance_name"})},
            {"purposes", {"friends", "class", "stream", "community"}}};
        call.answer(site.pages.render(call, "setup.html", std::move(context), status_of(error.code)));
    }
}

void show_join(SiteContext& site, Call& call) {
    if (leads_to_setup(site, call)) return;
    auto const invite = site.rooms.invites().find(invite_code(call.parameter("code")));
    auto const room = invite ? site.rooms.find(invite->room) : nullptr;
    if (!room) return call.answer(site.pages.render(call, "join.html", {{"invite", nullptr}}, 404));
    if (call.identity() != nullptr && site.rooms.is_member(call.user().id, *room))
        return call.answer(redirect("/chat/" + percent_encode(room->name)));
    auto const inviter = site.accounts.find(invite->inviter);
    call.answer(site.pages.render(call, "join.html",
                                  {{"invite",
                                    {{"code", invite->code},
                                     {"room_title", room->title.empty() ? room->name : room->title},
                                     {"inviter", inviter && !inviter->deleted ? inviter->display_name : ""}}}}));
}

void do_join(SiteContext& site, Call& call) {
    auto const room = or_refuse(site.rooms.invites().redeem(call.user(), invite_code(call.parameter("code"))));
    call.answer(redirect("/chat/" + percent_encode(room->name)));
}

void show_banned(SiteContext& site, Call& call) {
    if (call.identity() == nullptr) return call.answer(redirect("/login"));
    auto const ban = site.sanctions.exclusion_of(call.user().id);
    if (!ban) return call.answer(redirect("/chat"));
    call.answer(banned_page(site, call, chat::banned_error(*ban)));
}

void appeal_ban(SiteContext& site, Call& call) {
    auto const user = site.accounts.find(base::UserId{call.form("who")});
    auto const ban = user ? site.sanctions.exclusion_of(user->id) : std::nullopt;
    if (!ban || !is_good_ticket(site, call, *user, call.form("ticket"))) return call.answer(redirect("/login"));
    std::string_view outcome = "sent";
    try {
        (void)appeal_sanction(site, user, call.form("text"));
    } catch (Refused const& refused) {
        outcome = refused.error.code == Code::already_appealed ? "already" : "failed";
    }
    call.answer(banned_page(site, call, chat::banned_error(*ban), user, outcome));
}

}  // namespace

void add_sign_in_pages(Router& router) {
    router.get("/", Rights::anyone, [](SiteContext&, Call& call) {
        call.answer(redirect(call.identity() != nullptr ? "/chat" : "/login"));
    });
    router.get("/login", Rights::anyone, show_login);
    router.post("/login", Rights::anyone, do_login).csrf(CsrfRule::visitor).costs(Cost::hashing);
    router.get("/signup", Rights::anyone, show_signup);
    router.post("/signup", Rights::anyone, do_signup).csrf(CsrfRule::visitor).costs(Cost::hashing);
    router.get("/setup", Rights::anyone, show_setup);
    router.post("/setup", Rights::anyone, do_setup).csrf(CsrfRule::visitor).costs(Cost::hashing);
    router.get("/join/{code}", Rights::anyone, show_join);
    router.post("/join/{code}", Rights::signed_in, do_join);
    router.get("/banned", Rights::anyone, show_banned).banned_too();
    router.post("/banned/appeal", Rights::anyone, appeal_ban).csrf(CsrfRule::visitor);
    router
        .post("/logout", Rights::signed_in,
              [](SiteContext& site, Call& call) {
                  sign_out(site, call);
                  call.answer(redirect("/login"));
              })
        .banned_too();
}

}  // namespace soyuz::web
