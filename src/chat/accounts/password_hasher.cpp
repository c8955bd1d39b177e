#include "chat/accounts/password_hasher.hpp"

#include <array>
#include <condition_variable>
#include <mutex>

#include <sodium.h>

#include "base/random.hpp"

namespace soyuz::chat {

using base::Code;
using base::Error;
using base::Result;

// The least that OWASP's password storage cheat sheet advises for argon2id; docs/security.md has the times.
PasswordHasher::Cost const PasswordHasher::interactive{.passes = 2, .memory_bytes = 19U << 20U};

struct PasswordHasher::Implementation {
    Implementation(Cost costs, std::size_t most, std::size_t queue) : cost(costs), at_once(most), max_waiting(queue) {
        // Also initialises libsodium.
        base::random_bytes(salt.data(), salt.size());
    }

    bool enter() {
        std::unique_lock lock{mutex};
        if (running >= at_once) {
            if (waiting >= max_waiting) return false;
            ++waiting;
            free.wait(lock, [this] { return running < at_once; });
            --waiting;
        }
        ++running;
        return true;
    }

    void leave() {
        {
            std::lock_guard const lock{mutex};
            --running;
        }
        free.notify_one();
    }

    Cost const cost;
    std::size_t const at_once;
    std::size_t const max_waiting;
    std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};

    std::mutex mutex;
    std::condition_variable free;
    std::size_t running = 0;
    std::size_t waiting = 0;
};

namespace {

/// One of the places in which hashes are computed.
template <class Implementation>
class Place {
public:
    explicit Place(Implementation& of) : of_(of), taken_(of.enter()) {}
    ~Place() {
        if (taken_) of_.leave();
    }
    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;
    bool taken() const { return taken_; }

private:
    Implementation& of_;
    bool const taken_;
};

Error too_many() {
    return Error{Code::overloaded, "Too many people are signing in just now. Try again in a moment.",
                 std::chrono::seconds{2}};
}

Error out_of_memory() {
    return Error{Code::overloaded, "The server is short of memory. Try again in a moment.", std::chrono::seconds{5}};
}

}  // namespace

PasswordHasher::PasswordHasher(Cost cost, std::size_t at_once, std::size_t max_waiting)
    : implementation_(std::make_unique<Implementation>(cost, at_once, max_waiting)) {}
PasswordHasher::~PasswordHasher() = default;

Result<std::string> PasswordHasher::hash(std::string_view password) {
    Place const place{*implementation_};
    if (!place.taken()) return too_many();
    std::array<char, crypto_pwhash_STRBYTES> text{};
    auto const& cost = implementation_->cost;
    if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost.passes, cost.memory_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return out_of_memory();
    }
    return std::string{text.data()};
}

Result<bool> PasswordHasher::verify(std::string_view hash, std::string_view password) {
    Place const place{*implementation_};
    if (!place.taken()) return too_many();
    return crypto_pwhash_str_verify(std::string{hash}.c_str(), password.data(), password.size()) == 0;
}

Result<bool> PasswordHasher::verify_nothing(std::string_view password) {
    Place const place{*implementation_};
    if (!place.taken()) return too_many();
    std::array<unsigned char, 32> out{};
    auto const& own = *implementation_;
    if (crypto_pwhash(out.data(), out.size(), password.data(), password.size(), own.salt.data(), own.cost.passes,
                      own.cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return out_of_memory();
    }
    return false;
}

}  // namespace soyuz::chat
