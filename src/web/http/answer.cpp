#include "web/http/answer.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "contract/shapes.hpp"
#include "web/http/router.hpp"

namespace soyuz::web {

using base::Code;

int status_of(Code code) {
    switch (code) {
        case Code::bad_request: return 400;
        case Code::not_signed_in:
        case Code::invalid_credentials: return 401;
        case Code::forbidden:
        case Code::bad_csrf_token:
        case Code::registration_closed:
        case Code::invite_needed:
        case Code::banned:
        case Code::muted:
        case Code::not_a_member:
        case Code::room_locked:
        case Code::message_blocked: return 403;
        case Code::not_found:
        case Code::unknown_room: return 404;
        case Code::method_not_allowed: return 405;
        case Code::conflict:
        case Code::claimed:
        case Code::already_decided:
        case Code::already_appealed:
        case Code::too_late:
        case Code::name_taken: return 409;
        case Code::too_large: return 413;
        case Code::wrong_type: return 415;
        case Code::unknown_host: return 421;
        case Code::invalid_value: return 422;
        case Code::slow_mode:
        case Code::rate_limited: return 429;
        case Code::read_only:
        case Code::overloaded: return 503;
        case Code::internal: return 500;
    }
    return 500;
}

std::string retry_after(std::chrono::milliseconds wait) {
    return std::to_string(std::max<long long>(1, std::chrono::ceil<std::chrono::seconds>(wait).count()));
}

Answer json_answer(std::string text, int status) {
    Answer answer;
    answer.status = status;
    answer.type = json_type;
    answer.body = std::move(text);
    return answer;
}

Answer json_answer(nlohmann::json const& value, int status) {
    // Text from outside was checked for UTF-8 where it came in; should that ever fail, the answer stays valid JSON.
    return json_answer(base::to_text(value), status);
}

Answer error_answer(base::Error const& error) {
    int const status = status_of(error.code);
    Answer answer = json_answer(contract::error_json(error), status);
    // RFC 6585, 4 and RFC 9110, 15.6.4: say when to come back.
    if (error.retry_after.count() > 0 || status == 429 || status == 503)
        answer.with("Retry-After", retry_after(error.retry_after));
    if (error.code == Code::not_signed_in) answer.with("WWW-Authenticate", "Bearer");
    return answer;
}

Answer page_answer(std::string html, int status) {
    Answer answer;
    answer.status = status;
    answer.type = html_type;
    answer.body = std::move(html);
    return answer;
}

Answer redirect(std::string_view location) {
    Answer answer;
    answer.status = 303;
    // RFC 9110, 10.2.2: an URI, which is ASCII without blanks.
    std::string encoded;
    for (char const letter : location) {
        if (letter > ' ' && letter < 0x7F) {
            encoded += letter;
        } else {
            encoded += percent_encode({&letter, 1});
        }
    }
    answer.with("Location", std::move(encoded));
    return answer;
}

Answer no_content() {
    Answer answer;
    answer.status = 204;
    return answer;
}

}  // namespace soyuz::web
