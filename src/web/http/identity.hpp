#pragma once

#include <optional>

#include "chat/sessions/sessions.hpp"
#include "net/http_message.hpp"

namespace soyuz::web {

/// By what a request says who sends it.
struct Identity {
    std::optional<chat::Sessions::Identity> who;  ///< none for visitors
    bool by_cookie = false;  ///< browsers send cookies along by themselves, so a change must bring a token too
};

/// Who sends `request`: by a bearer token (RFC 6750, 2.1; the scheme's case is ignored, RFC 9110, 11.1), else, where
/// `takes_ticket`, by the ticket in the query, else by the session's cookie (the one of the port
/// before the common one). What is named first counts alone: a
/// token or ticket that is not good is not made up for by a good cookie. Notes that the session is in use.
Identity identify(net::HttpRequest const& request, chat::Sessions& sessions, bool takes_ticket = false);

}  // namespace soyuz::web
