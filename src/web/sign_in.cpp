#include "web/sign_in.hpp"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "base/address_key.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "chat/banned_error.hpp"
#include "chat/messages/messages.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/screening.hpp"
#include "chat/sessions/devices.hpp"
#include "chat/settings.hpp"
#include "moderation/conduct/sanctions.hpp"
#include "store/store.hpp"
#include "web/files/images.hpp"
#include "web/http/cookies.hpp"
#include "web/http/limits.hpp"
#include "web/site_context.hpp"

namespace soyuz::web {

using base::Code;
using base::Error;

namespace {

constexpr auto browser_session_age = std::chrono::hours{24 * 30};

base::Result<void> judge_new_names(SiteContext& site, chat::Accounts::NewAccount const& account) {
    if (auto judged = site.screening.judge_new_name(account.username, "username"); !judged) return judged;
    return site.screening.judge_new_name(account.display_name, "display_name");
}

/// Shape and free names first, then the judge. Nothing of those who are refused is kept.
base::Result<chat::UserPtr> create(SiteContext& site, chat::Accounts::NewAccount account) {
    if (auto refusal = site.accounts.refusal_of(account)) return std::move(*refusal);
    if (auto judged = judge_new_names(site, account); !judged) return judged.error();
    return site.accounts.create(std::move(account));
}

bool tells_of_an_email(base::Result<chat::UserPtr> const& made) {
    return !made && made.error().code == Code::name_taken && made.error().fields.contains("email");
}

/// Failed sign-ups count a tenth, so that a typo does not use up the quota of the address. E-mail addresses that turn
/// out to be known here are bounded too, so that nobody can test a list of them.
base::Result<chat::UserPtr> create_within_limits(SiteContext& site, std::string const& address,
                                                 chat::Accounts::NewAccount account) {
    if (!site.options.rate_limits) return create(site, std::move(account));
    auto const limit = site.settings.get()->registrations_per_address;
    bool const has_email = !account.email.empty();
    auto const key = base::address_key(address);
    auto wait = site.registration_tries.take(key, std::size_t{limit} * 10);
    if (!wait && has_email) wait = site.email_probes.take(key, limits::email_probes);
    if (wait) return Error{Code::rate_limited, "Too many tries came from your address. Try again later.", *wait};
    wait = site.registrations.take(key, limit);
    auto made =
        wait ? Error{Code::rate_limited, "Too many accounts were made from your address. Try again later.", *wait}
             : create(site, std::move(account));
    if (!made && !wait) site.registrations.give_back(key);
    if (has_email && !tells_of_an_email(made)) site.email_probes.give_back(key);
    return made;
}

void judge_name(SiteContext& site, chat::UserPtr const& author, std::string_view text, std::string const& field) {
    or_refuse(site.screening.judge_line(judge::Occasion::Kind::name, author, nullptr, text, field));
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

Error not_set_up() {
    return {Code::registration_closed,
            "This server is not set up yet. Open the set-up link that it printed when it started."};
}

chat::UserPtr register_user(SiteContext& site, Call const& call, chat::Accounts::NewAccount account,
                            std::string_view given_invite) {
    if (!site.is_set_up()) throw Refused{not_set_up()};
    auto const invite = invite_code(given_invite);
    auto const settings = site.settings.get();
    bool const is_invited = !invite.empty() && site.rooms.invites().find(invite).has_value();
    if (settings->registration == chat::Registration::closed)
        throw Refused{{Code::registration_closed, "This server takes no new accounts at the moment."}};
    if (settings->registration == chat::Registration::invite && !is_invited)
        throw Refused{{Code::invite_needed, "You need an invite to sign up here."}};
    account.role = chat::Role::member;
    auto const display_name = account.display_name;
    auto made = create_within_limits(site, call.client().address, std::move(account));
    (made ? site.requests.sign_ups : site.requests.sign_ups_refused).fetch_add(1, std::memory_order_relaxed);
    auto user = or_refuse(std::move(made));
    // What was let through with a doubt is a case of the new account.
    judge_name(site, user, user->username, "username");
    judge_name(site, user, display_name, "display_name");
    if (is_invited) {
        // The account stands; should the invite have run out in this very moment, it stands without the room.
        auto const joined = site.rooms.invites().redeem(*user, invite);
        if (!joined) base::log::info("an invite ran out while its guest signed up");
    }
    return user;
}

chat::UserPtr sign_in(SiteContext& site, Call const& call, std::string_view name, std::string_view password) {
    auto found = site.accounts.authenticate(name, password, call.client().address, [&](base::UserId const& user) {
        return site.devices.known(call.cookie(device_cookie), user);
    });
    (found ? site.requests.logins : site.requests.logins_failed).fetch_add(1, std::memory_order_relaxed);
    auto user = or_refuse(std::move(found));
    if (auto const ban = site.sanctions.exclusion_of(user->id)) throw Refused{chat::banned_error(*ban)};
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
    call.set_cookie(set_cookie(device_cookie, site.devices.note(call.cookie(device_cookie), user->id),
                               call.client().https, chat::Devices::memory));
}

void sign_out(SiteContext& site, Call& call) {
    or_refuse(site.sessions.end(call.identity()->session.id, chat::SessionEnd::signed_out));
    set_session_cookies(call, "");
}

void change_password(SiteContext& site, Call& call, std::string_view current, std::string_view wanted) {
    auto const& id = call.user().id;
    or_refuse(site.accounts.change_password(id, current, wanted));
    or_refuse(site.sessions.end_all(id, chat::SessionEnd::password_changed, call.identity()->session.id));
}

void delete_account(SiteContext& site, Call& call, std::string_view password) {
    auto const user = call.user_pointer();
    (void)or_refuse(site.accounts.authenticate(user->username, password, call.client().address));
    or_refuse(site.accounts.remove(user->id));
    site.rooms.forget(user->id);
    site.devices.forget(user->id);
    if (!user->avatar.empty()) site.uploads.remove(user->avatar);
    for (auto const& file : site.messages.forget(*user)) site.uploads.remove(file);
    site.sanctions.forget_author(user->username);
    or_refuse(site.sessions.end_all(user->id, chat::SessionEnd::account_deleted));
    set_session_cookies(call, "");
    site.store.purge();
}

chat::UserPtr change_avatar(SiteContext& site, Call& call, std::string_view picture) {
    count_lasting(site, call, Lasting::profile);
    if (picture.empty()) throw Refused{base::invalid_field("avatar", "This picture is empty. Choose another one.")};
    if (picture.size() > largest_avatar) throw Refused{{Code::too_large, "A picture may have up to 5 MB."}};
    // Counted before it is decoded, which is what costs.
    if (site.options.rate_limits) {
        if (auto const wait = site.avatars.take(call.user().id.value, limits::avatar_changes))
            throw Refused{
                {Code::rate_limited, "You have changed your picture often just now. Try again later.", *wait}};
    }
    return replace_avatar(site, call, or_refuse(site.uploads.write(or_refuse(make_avatar(picture)), ".webp")));
}

chat::UserPtr remove_avatar(SiteContext& site, Call& call) {
    count_lasting(site, call, Lasting::profile);
    return replace_avatar(site, call, "");
}

chat::UserPtr change_profile(SiteContext& site, Call const& call, chat::Accounts::ProfileChange change,
                             std::string const& field) {
    auto const& user = call.user();
    if (change.display_name == user.display_name) change.display_name.reset();
    if (change.email == user.email) change.email.reset();
    if (!change.display_name && !change.email) return call.user_pointer();
    count_lasting(site, call, Lasting::profile);
    if (change.display_name) {
        check_may_write(site, call);
        judge_name(site, call.user_pointer(), *change.display_name, field);
    }
    return or_refuse(site.accounts.change_profile(user.id, std::move(change)));
}

void count_lasting(SiteContext& site, Call const& call, Lasting kind) {
    if (!site.options.rate_limits) return;
    if (auto const error = site.changes.take_lasting(call.user(), kind)) throw Refused{*error};
}

void check_may_write(SiteContext const& site, Call const& call) {
    // The ban of the spam window leaves the session, but no way to write.
    if (auto const ban = site.sanctions.ban_of(call.user().id)) throw Refused{chat::banned_error(*ban)};
    if (auto const mute = site.sanctions.mute_of(call.user().id)) throw Refused{chat::muted_error(*mute)};
}

void judge_topic(SiteContext& site, Call const& call, chat::Room const* room, std::string_view text,
                 std::string const& field) {
    or_refuse(site.screening.judge_line(judge::Occasion::Kind::topic, call.user_pointer(), room, text, field));
}

bool is_service(SiteContext const& site, net::HttpRequest const& request) {
    auto const& key = site.options.service_key;
    std::string_view given = request.header("authorization");
    constexpr std::string_view scheme = "bearer ";
    if (key.empty() || given.size() <= scheme.size() || base::lower_ascii(given.substr(0, scheme.size())) != scheme)
        return false;
    given.remove_prefix(scheme.size());
    return given.size() == key.size() && sodium_memcmp(given.data(), key.data(), key.size()) == 0;
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
