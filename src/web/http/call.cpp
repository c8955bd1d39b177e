#include "web/http/call.hpp"

#include <charconv>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "web/app.hpp"
#include "web/http/cookies.hpp"
#include "web/http/response_headers.hpp"

namespace soyuz::web {

using base::Code;
using base::Error;

namespace {

std::string const* find(std::vector<std::pair<std::string, std::string>> const& pairs, std::string_view name) {
    for (auto const& [key, value] : pairs)
        if (key == name) return &value;
    return nullptr;
}

}  // namespace

void Exchange::finish(Answer& answer) const {
    for (auto const& cookie : cookies_to_set) answer.with("Set-Cookie", cookie);
    // RFC 9112, 9.3: a client of HTTP/1.0 asked for it, and takes silence for a no.
    if (request.minor_version == 0 && !close) answer.with("Connection", "keep-alive");
    app.requests.name(request, answer);
    finish_answer(answer, request, client, app.options);
    app.requests.note(request, client, answer, begun);
}

void Exchange::send(Answer answer) const {
    if (sent_.exchange(true)) return;
    finish(answer);
    auto response = net::simple_response(answer.status, answer.type, answer.body, answer.headers, close);
    respond(std::move(response));
}

Call::Call(std::shared_ptr<Exchange> exchange, Route const* route, Parameters parameters, std::vector<Part> parts)
    : exchange_(std::move(exchange)), route_(route), parameters_(std::move(parameters)), parts_(std::move(parts)) {}

std::string const& Call::parameter(std::string_view name) const {
    static std::string const none;
    for (auto const& [key, value] : parameters_)
        if (key == name) return value;
    return none;
}

std::optional<std::string> Call::query(std::string_view name) const {
    if (!query_) query_ = parse_form(request().query());
    auto const* value = find(*query_, name);
    return value != nullptr ? std::optional{*value} : std::nullopt;
}

std::optional<unsigned long long> Call::query_number(std::string_view name) const {
    auto const text = query(name);
    if (!text || text->empty()) return std::nullopt;
    unsigned long long number = 0;
    auto const [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (fault != std::errc{} || end != text->data() + text->size())
        throw Refused{base::invalid_field(std::string{name}, "This must be a whole number.")};
    return number;
}

std::string_view Call::cookie(std::string_view name) const { return cookie_value(request().header("cookie"), name); }

nlohmann::json Call::json() const {
    if (media_type(request().header("content-type")) != json_type)
        throw Refused{{Code::wrong_type, "Send JSON, with Content-Type: application/json."}};
    // RFC 8259, 8.1: JSON between systems is UTF-8; the media type knows no charset, but some clients name one.
    auto const charset = charset_of(request().header("content-type"));
    if (!charset.empty() && charset != "utf-8" && charset != "utf8" && charset != "us-ascii")
        throw Refused{{Code::wrong_type, "Send JSON as UTF-8."}};
    auto parsed = or_refuse(base::parse_json(request().body));
    if (!parsed.is_object()) throw Refused{{Code::bad_request, "The body must be a JSON object."}};
    return parsed;
}

std::string Call::form(std::string_view name) const {
    for (auto const& part : parts_)
        if (part.name == name && part.file_name.empty()) return part.content;
    if (!form_ && media_type(request().header("content-type")) == "application/x-www-form-urlencoded")
        form_ = parse_form(request().body);
    auto const* value = form_ ? find(*form_, name) : nullptr;
    return value != nullptr ? *value : "";
}

bool Call::has_form(std::string_view name) const {
    for (auto const& part : parts_)
        if (part.name == name) return true;
    if (!form_ && media_type(request().header("content-type")) == "application/x-www-form-urlencoded")
        form_ = parse_form(request().body);
    return form_ && find(*form_, name) != nullptr;
}

Part const* Call::file(std::string_view name) const {
    for (auto const& part : parts_)
        if (part.name == name && !part.file_name.empty()) return &part;
    return nullptr;
}

chat::Author Call::author() const { return {user_pointer(), client().address, app().options.rate_limits}; }

void Call::identify() {
    // RFC 6750, 2.1. A token that is named but not good is not made up for by a cookie.
    constexpr std::string_view bearer = "Bearer ";
    auto const authorization = request().header("authorization");
    if (authorization.size() > bearer.size() &&
        base::lower_ascii(authorization.substr(0, bearer.size())) == "bearer ") {
        identity_ = app().sessions.find_by_jwt(authorization.substr(bearer.size()));
    } else if (auto const token = cookie(session_cookie); !token.empty()) {
        identity_ = app().sessions.find_by_cookie(token);
        by_cookie_ = identity_.has_value();
    }
    if (identity_) app().sessions.touch(identity_->session.id);
}

std::string Call::csrf_token() {
    if (identity_) return app().sessions.csrf_token(identity_->session.id);
    if (visitor_.empty()) {
        visitor_ = cookie(visitor_cookie);
        if (!VisitorTokens::is_cookie(visitor_)) {
            visitor_ = VisitorTokens::new_cookie();
            set_cookie(web::set_cookie(visitor_cookie, visitor_, client().https, std::nullopt));
        }
    }
    return app().visitors.token(visitor_);
}

bool Call::csrf_token_is_good() const {
    std::string token{request().header("x-csrf-token")};
    if (token.empty()) token = form("csrf_token");
    if (token.empty()) return false;
    if (identity_) return app().sessions.csrf_token_matches(identity_->session.id, token);
    return app().visitors.matches(cookie(visitor_cookie), token);
}

std::shared_ptr<Exchange const> Call::later() {
    later_ = true;
    return exchange_;
}

}  // namespace soyuz::web
