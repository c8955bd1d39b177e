#pragma once

#include <string>
#include <string_view>

namespace soyuz::web {

/// Tokens for forms that are sent before anybody has signed in: the token is an HMAC of the visitor's cookie, so
/// another site can neither read nor make it. The key lives as long as the process. Thread-safe.
class VisitorTokens {
public:
    VisitorTokens();
    /// A new value for the visitor's cookie.
    static std::string new_cookie();
    static bool is_cookie(std::string_view cookie);
    std::string token(std::string_view cookie) const;
    bool matches(std::string_view cookie, std::string_view token) const;

private:
    std::string key_;
};

}  // namespace soyuz::web
