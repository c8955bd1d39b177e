#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "chat/accounts/accounts.hpp"
#include "chat/change_budget.hpp"
#include "chat/rooms/rooms.hpp"
#include "chat/sessions/sessions.hpp"
#include "web/http/call.hpp"

/// What the API and the pages do alike with accounts and sessions. Everything here refuses where it can't be done.
namespace soyuz::web {

struct SiteContext;

inline constexpr std::size_t largest_avatar = 5U << 20U;
inline constexpr std::size_t multipart_overhead = 16U << 10U;

/// The answer to everybody while there is no owner: the first visitor would own a server that isn't theirs.
base::Error not_set_up();

/// The code in what somebody gave for one: with blanks and marks of a sentence around it, or within a whole link.
std::string invite_code(std::string_view given);

/// Registration as the settings allow it: open, with an invite, or closed; so many per address. The invite's room is
/// joined.
chat::UserPtr register_user(SiteContext& site, Call const& call, chat::Accounts::NewAccount account,
                            std::string_view invite);

/// Name and password checked, and no ban in force.
chat::UserPtr sign_in(SiteContext& site, Call const& call, std::string_view name, std::string_view password);
chat::Sessions::Opened open_session(SiteContext& site, Call const& call, chat::UserPtr const& user,
                                    chat::Session::Kind kind);
/// Opens a browser's session and sets its cookie; one that the browser had before ends.
void sign_in_browser(SiteContext& site, Call& call, chat::UserPtr const& user);
void sign_out(SiteContext& site, Call& call);

void change_password(SiteContext& site, Call& call, std::string_view current, std::string_view wanted);
/// Ends the account once its password is confirmed.
void delete_account(SiteContext& site, Call& call, std::string_view password);
/// Stores a picture as the caller's avatar. Refuses: invalid_value, too_large, wrong_type, read_only, rate_limited.
chat::UserPtr change_avatar(SiteContext& site, Call& call, std::string_view picture);
chat::UserPtr remove_avatar(SiteContext& site, Call& call);

/// Changes the caller's display name or e-mail address where they differ; `field` is what the form calls the name.
/// Refuses: rate_limited, muted (a new name), invalid_value, name_taken.
chat::UserPtr change_profile(SiteContext& site, Call const& call, chat::Accounts::ProfileChange change,
                             std::string const& field = "display_name");

using Lasting = chat::ChangeBudget::Lasting;
/// Counts a lasting change by the caller, before anybody looks at what it is. Refuses: rate_limited.
void count_lasting(SiteContext& site, Call const& call, Lasting kind);
/// Names, titles and topics are read like messages: who may write no messages writes none of these. Refuses: banned,
/// muted.
void check_may_write(SiteContext const& site, Call const& call);

/// Is a room's name, title or topic fit to be read? `room` is null where it is about to be made.
void judge_topic(SiteContext& site, Call const& call, chat::Room const* room, std::string_view text,
                 std::string const& field);

/// Does the request bring the key of programs that push events? Compared in constant time.
bool is_service(SiteContext const& site, net::HttpRequest const& request);

/// By user name or id. Refuses: not_found.
chat::UserPtr find_user(SiteContext const& site, std::string_view username);

/// A line in audit_log: who did what to whom.
void audit(SiteContext& site, Call const& call, std::string_view action,
           std::map<std::string, std::string> const& details);

}  // namespace soyuz::web
