#include "web/sign_in.hpp"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "chat/banned_error.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "chat/settings.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "store/store.hpp"
#include "web/files/images.hpp"
#include "web/http/cookies.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using base::Error;

namespace {

constexpr std::size_t avatars_in_ten_minutes = 5;
constexpr auto browser_session_age = std::chrono::hours{24 * 30};

/// A slip of the pen costs no account: tries are counted too, but ten for one.
base::Result<chat::UserPtr> create_within_limits(SiteContext& site, Call const& call,
                                                 chat::Accounts::NewAccount account) {
    account.role = chat::Role::member;
    if (!site.options.rate_limits) return site.accounts.create(std::move(account));
    auto const& address = call.client().address;
    auto const limit = site.settings.get()->registrations_per_address;
    auto wait = site.registration_tries.admit(address, std::size_t{limit} * 10);
    if (!wait) wait = site.registrations.admit(address, limit);
    if (wait)
        return Error{Code::rate_limited, "Too many accounts were made from your address. Try again later.", *wait};
    auto made = site.accounts.create(std::move(account));
    if (!made) site.registrations.give_back(address);
    return made;
}

/// Gives the browser its session's cookie, or takes it away where `token` is "": the one of this port and the common
/// one, but for a common one that another server on this machine has given.
void set_session_cookies(Call& call, std::string const& token) {
    auto const age = token.empty() ? std::chrono::seconds{0} : std::chrono::seconds{browser_session_age};
    auto const own_name = session_cookie_of_port(call.request().header("host"));
    auto const own = call.cookie(own_name);
    auto const common = call.cookie(session_cookie);
    bool const is_ours = common.empty() || common == own || (own.empty() && call.signed_in_by_cookie());
    if (own_name.empty() || is_ours) call.set_cookie(set_cookie(session_cookie, token, call.client().https, age));
    if (!own_name.empty()) call.set_cookie(set_cookie(own_name, token, call.client().https, age));
}

/// `name` of an upload, "" for none.
chat::UserPtr replace_avatar(SiteContext& site, Call& call, std::string const& name) {
    auto const old = call.user().avatar;
    chat::Accounts::ProfileChange change;
    change.avatar = name;
    auto changed = site.accounts.change_profile(call.user().id, std::move(change));
    site.uploads.remove(changed ? old : name);
    return or_refuse(std::move(changed));
}

}  // namespace

std::string invite_code(std::string_view given) {
    for (std::string_view const before : {"/join/", "invite="})
        if (auto const at = given.rfind(before); at != given.npos) given.remove_prefix(at + before.size());
    auto const is_of_code = [](unsigned char c) { return c < 0x80 && std::isalnum(c) != 0; };
    auto const* const begin = std::find_if(given.begin(), given.end(), is_of_code);
    return {begin, std::find_if_not(begin, given.end(), is_of_code)};
}

chat::UserPtr register_user(SiteContext& site, Call const& call, chat::Accounts::NewAccount account,
                            std::string_view given_invite) {
    auto const invite = invite_code(given_invite);
    auto const settings = site.settings.get();
    bool const is_invited = !invite.empty() && site.rooms.invites().find(invite).has_value();
    if (settings->registration == chat::Registration::closed)
        throw Refused{{Code::registration_closed, "This server takes no new accounts at the moment."}};
    if (settings->registration == chat::Registration::invite && !is_invited)
        throw Refused{{Code::invite_needed, "You need an invite to sign up here."}};
    judge_name(site, call, account.username, "username");
    judge_name(site, call, account.display_name, "display_name");
    auto user = or_refuse(create_within_limits(site, call, std::move(account)));
    if (is_invited) {
        // The account stands; should the invite have run out in this very moment, it stands without the room.
        auto const joined = site.rooms.invites().redeem(*user, invite);
        if (!joined) base::log::info("an invite ran out while its guest signed up");
    }
    return user;
}

chat::UserPtr sign_in(SiteContext& site, Call const& call, std::string_view name, std::string_view password) {
    auto found = site.accounts.authenticate(name, password, call.client().address);
    (found ? site.requests.logins : site.requests.logins_failed).fetch_add(1, std::memory_order_relaxed);
    auto user = or_refuse(std::move(found));
    if (auto const ban = site.sanctions.ban_of(user->id)) throw Refused{chat::banned_error(*ban)};
    return user;
}

chat::Sessions::Opened open_session(SiteContext& site, Call const& call, chat::UserPtr const& user,
                                    chat::Session::Kind kind) {
    return or_refuse(site.sessions.open(*user, kind, call.request().header("user-agent").substr(0, 200)));
}

void sign_in_browser(SiteContext& site, Call& call, chat::UserPtr const& user) {
    auto const opened = open_session(site, call, user, chat::Session::Kind::browser);
    if (call.identity() != nullptr && call.signed_in_by_cookie())
        or_refuse(site.sessions.end(call.identity()->session.id, chat::SessionEnd::signed_out));
    set_session_cookies(call, opened.token);
}

void sign_out(SiteContext& site, Call& call) {
    or_refuse(site.sessions.end(call.identity()->session.id, chat::SessionEnd::signed_out));
    set_session_cookies(call, "");
}

void change_password(SiteContext& site, Call& call, std::string_view current, std::string wanted) {
    auto const& id = call.user().id;
    or_refuse(site.accounts.change_password(id, current, std::move(wanted)));
    or_refuse(site.sessions.end_all(id, chat::SessionEnd::password_changed, call.identity()->session.id));
}

void delete_account(SiteContext& site, Call& call, std::string_view password) {
    auto const user = call.user_pointer();
    (void)or_refuse(site.accounts.authenticate(user->username, password, call.client().address));
    or_refuse(site.accounts.remove(user->id));
    site.rooms.forget(user->id);
    if (!user->avatar.empty()) site.uploads.remove(user->avatar);
    or_refuse(site.sessions.end_all(user->id, chat::SessionEnd::account_deleted));
    set_session_cookies(call, "");
}

chat::UserPtr change_avatar(SiteContext& site, Call& call, std::string_view picture) {
    if (picture.empty()) throw Refused{base::invalid_field("avatar", "This picture is empty. Choose another one.")};
    if (picture.size() > largest_avatar) throw Refused{{Code::too_large, "A picture may have up to 5 MB."}};
    // Counted before it is decoded, which is what costs.
    if (site.options.rate_limits) {
        if (auto const wait = site.avatars.admit(call.user().id.value, avatars_in_ten_minutes))
            throw Refused{
                {Code::rate_limited, "You have changed your picture often just now. Try again later.", *wait}};
    }
    return replace_avatar(site, call, or_refuse(site.uploads.write(or_refuse(make_avatar(picture)), ".webp")));
}

chat::UserPtr remove_avatar(SiteContext& site, Call& call) { return replace_avatar(site, call, ""); }

void judge_name(SiteContext& site, Call const& call, std::string_view text, std::string const& field) {
    auto const author = call.identity() != nullptr ? call.user_pointer() : nullptr;
    or_refuse(site.screening.judge_line(judge::Occasion::Kind::name, author, nullptr, text, field));
}

void judge_topic(SiteContext& site, Call const& call, chat::Room const* room, std::string_view text,
                 std::string const& field) {
    or_refuse(site.screening.judge_line(judge::Occasion::Kind::topic, call.user_pointer(), room, text, field));
}

chat::UserPtr find_user(SiteContext const& site, std::string_view username) {
    auto user = site.accounts.find_by_name(username);
    if (!user) throw Refused{{Code::not_found, "There is no such user."}};
    return user;
}

void audit(SiteContext& site, Call const& call, std::string_view action,
           std::map<std::string, std::string> const& details) {
    nlohmann::json line{{"at", base::to_rfc3339(site.clock.now())}, {"action", action}};
    if (call.identity() != nullptr) line["by"] = call.user().username;
    for (auto const& [name, value] : details) line[name] = value;
    site.store.commit({store::AppendLog{"audit_log", base::to_text(line)}}, [](auto const& committed) {
        if (!committed) base::log::error("a line of the audit log could not be written");
    });
}

}  // namespace soyuz::web
