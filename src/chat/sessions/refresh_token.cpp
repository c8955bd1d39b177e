#include "chat/sessions/refresh_token.hpp"

#include <charconv>

#include "base/random.hpp"
#include "chat/sessions/jwt.hpp"

namespace soyuz::chat {

namespace {

constexpr std::size_t longest_token = 200;

std::string proof_of(std::string_view claims, std::string_view secret) {
    // No JWT begins so, which keeps the uses of the secret apart.
    return base::base64url(hmac(secret, std::string{"refresh\n"}.append(claims)));
}

}  // namespace

std::string make_refresh_token(RefreshClaims const& claims, std::string_view secret) {
    auto token = claims.session.value + '.' + std::to_string(claims.generation);
    return token + '.' + proof_of(token, secret);
}

std::optional<RefreshClaims> verify_refresh_token(std::string_view token, std::string_view secret) {
    if (token.size() > longest_token) return std::nullopt;
    auto const last = token.rfind('.');
    if (last == std::string_view::npos) return std::nullopt;
    auto const text = token.substr(0, last);
    if (!equal_secrets(proof_of(text, secret), token.substr(last + 1))) return std::nullopt;
    auto const dot = text.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    RefreshClaims claims{SessionId{std::string{text.substr(0, dot)}}, 0};
    auto const number = text.substr(dot + 1);
    auto const [end, fault] = std::from_chars(number.data(), number.data() + number.size(), claims.generation);
    if (fault != std::errc{} || end != number.data() + number.size()) return std::nullopt;
    return claims;
}

}  // namespace soyuz::chat
