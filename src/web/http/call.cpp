#include "web/http/call.hpp"

#include <charconv>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "web/http/cookies.hpp"
#include "web/http/media_type.hpp"
#include "web/http/origins.hpp"
#include "web/http/request_log.hpp"
#include "web/http/response_headers.hpp"
#include "web/http/visitor_tokens.hpp"

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

void Exchange::send(Answer answer) const {
    if (sent_.exchange(true)) return;
    for (auto const& cookie : cookies_to_set) answer.with("Set-Cookie", cookie);
    // RFC 9112, 9.3: a client of HTTP/1.0 asked for it, and takes silence for a no.
    if (request.minor_version == 0 && !close) answer.with("Connection", "keep-alive");
    http.log.name(request, answer);
    finish_answer(answer, request, client, http.origins);
    http.log.note(request, client, answer, begun);
    auto response =
        net::simple_response(answer.status, answer.type, answer.body, answer.headers, close, answer.rest_bytes);
    if (request.method == "HEAD") {
        // RFC 9110, 9.3.2: what GET would have answered, without the content.
        response.bytes.resize(response.bytes.size() - answer.body.size());
    } else {
        response.rest = std::move(answer.rest);
        response.rest_bytes = answer.rest_bytes;
    }
    // Before the client can have the answer: it may send its next request at once.
    place.reset();
    respond(std::move(response));
}

Call::Call(std::shared_ptr<Exchange> exchange, Route const* route, Parameters parameters)
    : exchange_(std::move(exchange)), route_(route), parameters_(std::move(parameters)) {}

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
    auto const charset = base::lower_ascii(type_parameter(request().header("content-type"), "charset"));
    if (!charset.empty() && charset != "utf-8" && charset != "utf8" && charset != "us-ascii")
        throw Refused{{Code::wrong_type, "Send JSON as UTF-8."}};
    auto parsed = or_refuse(base::parse_json(request().content()));
    if (!parsed.is_object()) throw Refused{{Code::bad_request, "The body must be a JSON object."}};
    return parsed;
}

std::vector<Part> const& Call::parts() const {
    if (!parts_) {
        auto const boundary = multipart_boundary(request().header("content-type"));
        parts_ =
            boundary.empty() ? std::vector<Part>{} : or_refuse(MultipartReader{boundary, request().content()}.read());
    }
    return *parts_;
}

std::string const* Call::find_urlencoded(std::string_view name) const {
    if (media_type(request().header("content-type")) != "application/x-www-form-urlencoded") return nullptr;
    if (!form_) form_ = parse_form(request().content());
    return find(*form_, name);
}

std::string Call::form(std::string_view name) const {
    for (auto const& part : parts())
        if (part.name == name && !part.is_file) return std::string{part.content};
    auto const* const value = find_urlencoded(name);
    return value != nullptr ? *value : "";
}

bool Call::has_form(std::string_view name) const {
    for (auto const& part : parts())
        if (part.name == name) return true;
    return find_urlencoded(name) != nullptr;
}

Part const* Call::file(std::string_view name) const {
    for (auto const& part : parts())
        if (part.name == name && part.is_file) return &part;
    return nullptr;
}

chat::Author Call::author() const { return {user_pointer(), client().address, http().has_limits}; }

void Call::identify() { identity_ = web::identify(request(), http().sessions); }

std::string Call::csrf_token() {
    if (identity_.who) return http().sessions.csrf_token(identity_.who->session.id);
    if (visitor_.empty()) {
        visitor_ = cookie(visitor_cookie);
        if (!VisitorTokens::is_cookie(visitor_)) {
            visitor_ = VisitorTokens::new_cookie();
            set_cookie(web::set_cookie(visitor_cookie, visitor_, client().https, std::nullopt));
        }
    }
    return http().visitors.token(visitor_);
}

bool Call::csrf_token_is_good() const {
    std::string given{request().header("x-csrf-token")};
    if (given.empty()) given = form("csrf_token");
    auto const token = unmask_token(given);
    if (token.empty()) return false;
    if (identity_.who) return http().sessions.csrf_token_matches(identity_.who->session.id, token);
    return http().visitors.matches(cookie(visitor_cookie), token);
}

std::shared_ptr<Exchange const> Call::later() {
    later_ = true;
    return exchange_;
}

}  // namespace soyuz::web
