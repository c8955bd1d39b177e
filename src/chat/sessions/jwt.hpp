#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace soyuz::chat {

/// What a token says (RFC 7519). Times are kept to the second, as NumericDate is.
struct Claims {
    std::string subject;  ///< user name
    std::string id;       ///< of the session
    base::Timestamp issued_at{};
    base::Timestamp expires_at{};
};

/// JWS compact serialization (RFC 7515, 3.1) with HS256.
std::string sign_jwt(Claims const& claims, std::string_view secret);

/// The claims of a token that `secret` signed and that names HS256; its times are for the caller to check. The
/// signature is compared in constant time, before anything that the token says is believed.
std::optional<Claims> verify_jwt(std::string_view token, std::string_view secret);

/// HMAC-SHA-256, raw.
std::string hmac(std::string_view secret, std::string_view text);
/// Compares in constant time for equal lengths.
bool equal_secrets(std::string_view one, std::string_view other);

}  // namespace soyuz::chat
