#include "chat/sessions/jwt.hpp"

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "base/json.hpp"
#include "base/random.hpp"

namespace soyuz::chat {

namespace {

using base::Json;

constexpr std::size_t max_token_bytes = 2048;

unsigned char const* bytes(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }

std::optional<std::string> decode(std::string_view text) {
    std::string raw(text.size(), '\0');
    std::size_t size = 0;
    char const* end = nullptr;
    int const failed = sodium_base642bin(reinterpret_cast<unsigned char*>(raw.data()), raw.size(), text.data(),
                                         text.size(), nullptr, &size, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    if (failed != 0 || end != text.data() + text.size()) return std::nullopt;
    raw.resize(size);
    return raw;
}

std::optional<Json> decode_object(std::string_view text) {
    auto const raw = decode(text);
    if (!raw) return std::nullopt;
    auto parsed = base::parse_json(*raw, 4);
    if (!parsed || !parsed->is_object()) return std::nullopt;
    return std::move(*parsed);
}

/// RFC 7515, 4.1.1 and 4.1.11: exactly our algorithm, and no extension that we would have to understand.
bool is_our_header(Json const& header) {
    auto const algorithm = header.find("alg");
    return algorithm != header.end() && *algorithm == "HS256" && !header.contains("crit");
}

std::optional<base::Timestamp> time_of(Json const& claims, char const* name) {
    auto const found = claims.find(name);
    if (found == claims.end() || !found->is_number_unsigned()) return std::nullopt;
    auto const seconds = found->get<std::uint64_t>();
    if (seconds > 253'402'300'799ULL) return std::nullopt;  // the end of the year 9999
    return base::Timestamp{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
}

long long to_seconds(base::Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

std::string hmac(std::string_view secret, std::string_view text) {
    crypto_auth_hmacsha256_state state;
    std::string digest(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_init(&state, bytes(secret), secret.size());
    crypto_auth_hmacsha256_update(&state, bytes(text), text.size());
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

bool equal_secrets(std::string_view one, std::string_view other) {
    return one.size() == other.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string sign_jwt(Claims const& claims, std::string_view secret) {
    static std::string const header = base::base64url(R"({"alg":"HS256","typ":"JWT"})");
    Json const payload{{"sub", claims.subject},
                       {"jti", claims.id},
                       {"iat", to_seconds(claims.issued_at)},
                       {"exp", to_seconds(claims.expires_at)}};
    std::string token = header + '.' + base::base64url(payload.dump());
    auto const signature = base::base64url(hmac(secret, token));
    return token + '.' + signature;
}

std::optional<Claims> verify_jwt(std::string_view token, std::string_view secret) {
    if (token.size() > max_token_bytes) return std::nullopt;
    auto const first = token.find('.');
    auto const last = token.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    auto const header_text = token.substr(0, first);
    auto const payload_text = token.substr(first + 1, last - first - 1);
    if (payload_text.find('.') != std::string_view::npos) return std::nullopt;

    auto const signature = decode(token.substr(last + 1));
    if (!signature || !equal_secrets(*signature, hmac(secret, token.substr(0, last)))) return std::nullopt;
    auto const header = decode_object(header_text);
    if (!header || !is_our_header(*header)) return std::nullopt;
    auto const payload = decode_object(payload_text);
    if (!payload) return std::nullopt;

    auto const subject = payload->find("sub");
    auto const id = payload->find("jti");
    auto const issued = time_of(*payload, "iat");
    auto const expires = time_of(*payload, "exp");
    if (subject == payload->end() || !subject->is_string() || id == payload->end() || !id->is_string() || !issued ||
        !expires) {
        return std::nullopt;
    }
    return Claims{subject->get<std::string>(), id->get<std::string>(), *issued, *expires};
}

}  // namespace soyuz::chat
