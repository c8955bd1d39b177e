#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/throttle.hpp"

namespace soyuz::chat {

/// How often passwords may be tried. Thread-safe.
///
/// Tries that fail are counted for an address and for the pair of account and address, and all tries for the pair. A
/// device that the account signed in with before has windows of its own, so that nobody else at the address can lock
/// it out.
class LoginLimits {
public:
    /// `per_address`: failed tries in a minute from one address, asked each time; 0 lifts the limits. Where it is not
    /// set: 10.
    LoginLimits(base::Clock const& clock, std::function<unsigned()> per_address);

    /// One try, counted as failed until it is forgiven.
    struct Try {
        std::string source, pair;  ///< "" where it is not counted
        /// The address has used up its tries: a wrong password is told to wait, the right one is let in.
        std::optional<std::chrono::milliseconds> wait;
    };
    /// Counts a try. `address` "" is not counted; `device` is "" where the account does not know it. `account` tells
    /// accounts apart. Error: rate_limited, once an address costs more than five times its tries.
    base::Result<Try> begin(std::string_view address, std::string_view device, std::string_view account);
    /// The password was right, or nobody looked at it.
    void forgive(Try const& tried);
    /// Counts a try to change a password. Error: rate_limited.
    std::optional<base::Error> count_change(base::UserId const& user);

    static base::Error too_many_tries(std::chrono::milliseconds wait);

private:
    std::function<unsigned()> const per_address_;
    base::Throttle failures_by_source_;
    base::Throttle failures_by_pair_;
    base::Throttle hashes_by_pair_;
};

}  // namespace soyuz::chat
