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

Error too_many() {
    return Error{Code::overloaded, "Too many people are signing in just now. Try again in a moment.",
                 std::chrono::seconds{2}};
}

Error out_of_memory() {
    return Error{Code::overloaded, "The server is short of memory. Try again in a moment.", std::chrono::seconds{5}};
}

}  // namespace

class PasswordHasher::Place {
public:
    explicit Place(PasswordHasher& hasher) : hasher_(hasher), taken_(hasher.enter()) {}
    ~Place() {
        if (taken_) hasher_.leave();
    }
    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;
    bool taken() const { return taken_; }

private:
    PasswordHasher& hasher_;
    bool const taken_;
};

PasswordHasher::PasswordHasher(Cost cost, std::size_t at_once, std::size_t max_waiting)
    : cost_(cost), at_once_(at_once), max_waiting_(max_waiting) {
    static_assert(sizeof salt_ == crypto_pwhash_SALTBYTES);
    // Also initialises libsodium.
    base::random_bytes(salt_.data(), salt_.size());
}

bool PasswordHasher::enter() {
    std::unique_lock lock{mutex_};
    if (running_ >= at_once_) {
        if (waiting_ >= max_waiting_) return false;
        ++waiting_;
        free_.wait(lock, [this] { return running_ < at_once_; });
        --waiting_;
    }
    ++running_;
    return true;
}

void PasswordHasher::leave() {
    {
        std::lock_guard const lock{mutex_};
        --running_;
    }
    free_.notify_one();
}

Result<std::string> PasswordHasher::hash(std::string_view password) {
    Place const place{*this};
    if (!place.taken()) return too_many();
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost_.passes, cost_.memory_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return out_of_memory();
    }
    return std::string{text.data()};
}

Result<bool> PasswordHasher::verify(std::string_view hash, std::string_view password) {
    Place const place{*this};
    if (!place.taken()) return too_many();
    return crypto_pwhash_str_verify(std::string{hash}.c_str(), password.data(), password.size()) == 0;
}

Result<bool> PasswordHasher::verify_nothing(std::string_view password) {
    Place const place{*this};
    if (!place.taken()) return too_many();
    std::array<unsigned char, 32> out{};
    if (crypto_pwhash(out.data(), out.size(), password.data(), password.size(), salt_.data(), cost_.passes,
                      cost_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return out_of_memory();
    }
    return false;
}

}  // namespace soyuz::chat
