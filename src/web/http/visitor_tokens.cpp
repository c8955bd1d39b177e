#include "web/http/visitor_tokens.hpp"

#include <algorithm>

#include <sodium.h>

#include "base/random.hpp"

namespace soyuz::web {

std::string VisitorTokens::new_cookie() { return base::random_token(16); }

bool VisitorTokens::is_cookie(std::string_view cookie) {
    return cookie.size() == 22 && std::all_of(cookie.begin(), cookie.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_';
           });
}

std::string VisitorTokens::token(std::string_view cookie) const {
    std::string code(crypto_auth_BYTES, '\0');
    crypto_auth(reinterpret_cast<unsigned char*>(code.data()), reinterpret_cast<unsigned char const*>(cookie.data()),
                cookie.size(), reinterpret_cast<unsigned char const*>(key_.data()));
    return base::base64url(code);
}

bool VisitorTokens::matches(std::string_view cookie, std::string_view given) const {
    if (!is_cookie(cookie)) return false;
    std::string const expected = token(cookie);
    return expected.size() == given.size() && sodium_memcmp(expected.data(), given.data(), expected.size()) == 0;
}

}  // namespace soyuz::web
