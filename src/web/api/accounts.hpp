#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "chat/sessions/sessions.hpp"
#include "web/http/call.hpp"

namespace soyuz::web {

struct SiteContext;

/// The answer to a sign-in of a program: `{access_token, token_type, expires_in, username, user}`, and with a refresh
/// token `{refresh_token, refresh_expires_in}` as well.
nlohmann::json tokens_json(SiteContext& site, chat::Sessions::Opened const& opened, chat::User const& user);

/// Opens a session of a program that refreshes its token, and gives its answer.
nlohmann::json sign_in_refreshing(SiteContext& site, Call const& call, chat::UserPtr const& user);

/// The refresh token of a request: in Authorization, else the field refresh_token. "" where there is none.
std::string refresh_token_of(Call const& call);

/// Renews with the request's refresh token. Refuses: not_signed_in, banned.
nlohmann::json refresh_tokens(SiteContext& site, Call const& call);

}  // namespace soyuz::web
