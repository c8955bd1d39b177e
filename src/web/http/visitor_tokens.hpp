#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace soyuz::web {

/// Tokens for forms that are sent before anybody has signed in: the token is an HMAC of the visitor's cookie, so
/// another site can neither read nor make it. Immutable.
class VisitorTokens {
public:
    /// `key`: 32 bytes that outlive the process, so that forms do too.
    explicit VisitorTokens(std::string key) : key_(std::move(key)) {}
    /// A new value for the visitor's cookie.
    static std::string new_cookie();
    static bool is_cookie(std::string_view cookie);
    std::string token(std::string_view cookie) const;
    bool matches(std::string_view cookie, std::string_view token) const;

private:
    std::string const key_;
};

}  // namespace soyuz::web
