#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace soyuz::chat {

/// argon2id (RFC 9106) through libsodium, bounded: at most `at_once` hashes are computed and `max_waiting` callers
/// wait, so that a storm of logins costs neither memory nor pages. Thread-safe; every call blocks for the hash.
class PasswordHasher {
public:
    struct Cost {
        unsigned long long passes;
        std::size_t memory_bytes;
    };
    /// Parameters that docs/security.md justifies.
    static Cost const interactive;

    PasswordHasher(Cost cost, std::size_t at_once, std::size_t max_waiting);

    /// Errors: overloaded.
    base::Result<std::string> hash(std::string_view password);
    base::Result<bool> verify(std::string_view hash, std::string_view password);
    /// As costly as a verification that fails: for names that don't exist.
    base::Result<bool> verify_nothing(std::string_view password);

private:
    class Place;  ///< one of the places in which hashes are computed
    bool enter();
    void leave();

    Cost const cost_;
    std::size_t const at_once_;
    std::size_t const max_waiting_;
    std::array<unsigned char, 16> salt_{};  ///< of hashes that nobody keeps

    std::mutex mutex_;  ///< guards the counts
    std::condition_variable free_;
    std::size_t running_ = 0;
    std::size_t waiting_ = 0;
};

}  // namespace soyuz::chat
