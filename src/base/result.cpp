#include "base/result.hpp"

namespace soyuz::base {

std::string_view code_name(Code code) {
    switch (code) {
        case Code::bad_request: return "bad_request";
        case Code::not_signed_in: return "not_signed_in";
        case Code::invalid_credentials: return "invalid_credentials";
        case Code::forbidden: return "forbidden";
        case Code::bad_csrf_token: return "bad_csrf_token";
        case Code::registration_closed: return "registration_closed";
        case Code::invite_needed: return "invite_needed";
        case Code::banned: return "banned";
        case Code::muted: return "muted";
        case Code::not_a_member: return "not_a_member";
        case Code::room_locked: return "room_locked";
        case Code::not_found: return "not_found";
        case Code::unknown_room: return "unknown_room";
        case Code::method_not_allowed: return "method_not_allowed";
        case Code::conflict: return "conflict";
        case Code::name_taken: return "name_taken";
        case Code::too_large: return "too_large";
        case Code::wrong_type: return "wrong_type";
        case Code::invalid_value: return "invalid_value";
        case Code::slow_mode: return "slow_mode";
        case Code::rate_limited: return "rate_limited";
        case Code::message_blocked: return "message_blocked";
        case Code::claimed: return "claimed";
        case Code::already_decided: return "already_decided";
        case Code::already_appealed: return "already_appealed";
        case Code::too_late: return "too_late";
        case Code::read_only: return "read_only";
        case Code::unknown_host: return "unknown_host";
        case Code::overloaded: return "overloaded";
        case Code::internal: return "internal";
    }
    return "internal";
}

Error invalid_field(std::string field, std::string reason) {
    Error error{Code::invalid_value, reason};
    error.fields.emplace(std::move(field), std::move(reason));
    return error;
}

}  // namespace soyuz::base
