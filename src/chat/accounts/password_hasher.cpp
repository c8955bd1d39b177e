#include "chat/accounts/password_hasher.hpp"

#include <sodium.h>

#include "base/random.hpp"

namespace soyuz::chat {

using base::Code;
using base::Error;
using base::Result;

// The least that OWASP's password storage cheat sheet advises for argon2id; docs/security.md has the times.
PasswordHasher::Cost const PasswordHasher::interactive{.passes = 2, .memory_bytes = 19U << 20U};

namespace {

Error out_of_memory() {
    return Error{Code::overloaded, "The server is short of memory. Try again in a moment.", std::chrono::seconds{5}};
}

}  // namespace

PasswordHasher::PasswordHasher(Cost cost) : cost_(cost) {
    static_assert(sizeof salt_ == crypto_pwhash_SALTBYTES);
    // Also initialises libsodium.
    base::random_bytes(salt_.data(), salt_.size());
}

Result<std::string> PasswordHasher::hash(std::string_view password) const {
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost_.passes, cost_.memory_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return out_of_memory();
    }
    return std::string{text.data()};
}

Result<bool> PasswordHasher::verify(std::string_view hash, std::string_view password) const {
    return crypto_pwhash_str_verify(std::string{hash}.c_str(), password.data(), password.size()) == 0;
}

Result<bool> PasswordHasher::verify_nothing(std::string_view password) const {
    std::array<unsigned char, 32> out{};
    if (crypto_pwhash(out.data(), out.size(), password.data(), password.size(), salt_.data(), cost_.passes,
                      cost_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return out_of_memory();
    }
    return false;
}

}  // namespace soyuz::chat
