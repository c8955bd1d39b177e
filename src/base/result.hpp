#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/clock.hpp"

namespace soyuz::base {

/// What can go wrong, as clients see it. `code_name` gives the spelling that goes over the wire.
enum class Code {
    bad_request,          ///< malformed: not JSON, wrong kind of field
    not_signed_in,        ///< no session, or it has ended
    invalid_credentials,  ///< wrong name or password
    forbidden,            ///< signed in, but without the right
    bad_csrf_token,
    registration_closed,
    invite_needed,
    banned,
    muted,
    not_a_member,
    room_locked,
    not_found,
    unknown_room,
    method_not_allowed,
    unknown_host,  ///< the request names a host that this server is not
    conflict,
    name_taken,
    too_large,
    wrong_type,
    invalid_value,  ///< `Error::fields` names each wrong field
    slow_mode,
    rate_limited,
    message_blocked,
    claimed,  ///< another moderator is at it
    already_decided,
    already_appealed,  ///< there is one appeal a case
    too_late,          ///< it can no longer be undone
    read_only,         ///< the disk is full or failing; nothing is accepted until it recovers
    overloaded,        ///< a bounded queue is full; try again after `retry_after`
    internal,
};

/// snake_case spelling of a code, for example "invalid_value".
std::string_view code_name(Code code);

/// An error that the caller can act on. `message` is a sentence for people, without file names or internals.
struct Error {
    Code code = Code::internal;
    std::string message;
    std::chrono::milliseconds retry_after{0};   ///< zero: no advice
    std::map<std::string, std::string> fields;  ///< for invalid_value: field name to reason
    std::optional<Timestamp> until;             ///< for banned and muted: when it ends; none: never
    std::string reason;                         ///< for banned and muted: why
    bool automatic = false;                     ///< for muted and banned: no moderator did it, but one can lift it

    Error(Code what, std::string sentence, std::chrono::milliseconds retry = std::chrono::milliseconds{0})
        : code(what), message(std::move(sentence)), retry_after(retry) {}
};

/// An invalid_value error about one field.
Error invalid_field(std::string field, std::string reason);

/// A `T` or the error that prevented it.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& operator*() & { return std::get<0>(state_); }
    T const& operator*() const& { return std::get<0>(state_); }
    T&& operator*() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    T const* operator->() const { return &std::get<0>(state_); }
    Error const& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool ok() const { return !error_; }
    explicit operator bool() const { return ok(); }
    Error const& error() const { return *error_; }

private:
    std::optional<Error> error_;
};

}  // namespace soyuz::base
