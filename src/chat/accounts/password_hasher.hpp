#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace soyuz::chat {

/// argon2id (RFC 9106) through libsodium. Thread-safe; every call blocks for the hash and takes the memory of its cost:
/// the caller bounds how many are computed at once.
class PasswordHasher {
public:
    struct Cost {
        unsigned long long passes;
        std::size_t memory_bytes;
    };
    /// Parameters that docs/security.md justifies.
    static Cost const interactive;

    explicit PasswordHasher(Cost cost);

    /// Errors: overloaded, where memory is short.
    base::Result<std::string> hash(std::string_view password) const;
    base::Result<bool> verify(std::string_view hash, std::string_view password) const;
    /// As costly as a verification that fails: for names that don't exist.
    base::Result<bool> verify_nothing(std::string_view password) const;

private:
    Cost const cost_;
    std::array<unsigned char, 16> salt_{};  ///< of hashes that nobody keeps
};

}  // namespace soyuz::chat
