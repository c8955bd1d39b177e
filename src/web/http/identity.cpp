#include "web/http/identity.hpp"

#include "net/http_rules.hpp"
#include "web/http/cookies.hpp"
#include "web/http/router.hpp"

namespace soyuz::web {

namespace {

/// The token of an Authorization header with the scheme Bearer.
std::optional<std::string_view> bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "Bearer";
    if (!net::equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
    auto const token = authorization.substr(scheme.size());
    if (!token.empty() && token[0] != ' ' && token[0] != '\t') return std::nullopt;
    // One blank parts them; with any other the token is none of ours.
    return token.substr(token.starts_with(' ') ? 1 : 0);
}

std::optional<std::string> ticket_in(std::string_view query) {
    for (auto& [name, value] : parse_form(query))
        if (name == "ticket") return std::move(value);
    return std::nullopt;
}

}  // namespace

Identity identify(net::HttpRequest const& request, chat::Sessions& sessions, bool takes_ticket) {
    Identity identity;
    if (auto const token = bearer_token(request.header("authorization"))) {
        identity.who = sessions.find_by_jwt(*token);
    } else if (auto const ticket = takes_ticket ? ticket_in(request.query()) : std::nullopt) {
        identity.who = sessions.redeem_ticket(*ticket);
    } else {
        auto const cookies = request.header("cookie");
        auto const own_name = session_cookie_of_port(request.header("host"));
        if (!own_name.empty()) identity.who = sessions.find_by_cookie(cookie_value(cookies, own_name));
        if (!identity.who) identity.who = sessions.find_by_cookie(cookie_value(cookies, session_cookie));
        identity.by_cookie = identity.who.has_value();
    }
    if (identity.who) sessions.touch(identity.who->session.id);
    return identity;
}

}  // namespace soyuz::web
