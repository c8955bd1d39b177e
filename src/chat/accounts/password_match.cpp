#include "chat/accounts/password_match.hpp"

#include "chat/accounts/password_hasher.hpp"
#include "chat/accounts/password_text.hpp"

namespace soyuz::chat {

base::Result<PasswordMatch> match_password(PasswordHasher& hasher, std::string const* hash, std::string_view given) {
    // Decomposed letters take at most four times the bytes of what they are prepared to.
    if (given.size() > 4 * max_password_bytes) return PasswordMatch::none;
    auto const prepared = prepared_password(given);
    if (prepared.size() > max_password_bytes) return PasswordMatch::none;
    auto const verify = [&](std::string_view password) {
        return hash != nullptr ? hasher.verify(*hash, password) : hasher.verify_nothing(password);
    };
    auto matches = verify(prepared);
    if (!matches) return matches.error();
    if (*matches) return PasswordMatch::prepared;
    if (prepared == given || given.size() > max_password_bytes) return PasswordMatch::none;
    matches = verify(given);
    if (!matches) return matches.error();
    return *matches ? PasswordMatch::as_given : PasswordMatch::none;
}

}  // namespace soyuz::chat
