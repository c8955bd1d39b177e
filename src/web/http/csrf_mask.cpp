#include "web/http/csrf_mask.hpp"

#include <sodium.h>

#include "base/random.hpp"

namespace soyuz::web {

namespace {

// Of a token, which is 32 bytes as base64url, and of two such texts as base64url.
constexpr std::size_t token_size = 43;
constexpr std::size_t masked_size = 115;

}  // namespace

std::string mask_token(std::string_view token) {
    std::string bytes(2 * token.size(), '\0');
    base::random_bytes(bytes.data(), token.size());
    for (std::size_t i = 0; i < token.size(); ++i) bytes[token.size() + i] = static_cast<char>(bytes[i] ^ token[i]);
    return base::base64url(bytes);
}

std::string unmask_token(std::string_view given) {
    if (given.size() != masked_size) return std::string{given};
    std::string bytes(2 * token_size, '\0');
    std::size_t size = 0;
    int const fault =
        sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), given.data(), given.size(),
                          nullptr, &size, nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    if (fault != 0 || size != bytes.size()) return std::string{given};
    std::string token(token_size, '\0');
    for (std::size_t i = 0; i < token_size; ++i) token[i] = static_cast<char>(bytes[i] ^ bytes[token_size + i]);
    return token;
}

}  // namespace soyuz::web
