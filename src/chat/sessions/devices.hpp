#pragma once

#include <chrono>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::chat {

/// Browsers that somebody signed in with before: a wrong password elsewhere at the same address doesn't lock them out.
/// Each keeps a random token in a cookie, the store its SHA-256. It opens nothing. Thread-safe; never blocks.
class Devices {
public:
    static constexpr std::chrono::hours memory{24 * 180};  ///< since the last sign-in

    Devices(store::Store& store, base::Clock const& clock);

    /// What names the device of `token` where `user` signed in with it before; "" otherwise.
    std::string known(std::string_view token, base::UserId const& user) const;
    /// `user` signed in: gives the token that the device should keep, its own one where that is known.
    std::string note(std::string_view token, base::UserId const& user);
    /// The account is gone.
    void forget(base::UserId const& user);

private:
    struct Device {
        std::set<base::UserId> users;
        base::Timestamp seen_at{};
    };
    using Map = std::unordered_map<std::string, Device>;

    // The caller of these holds `mutex_`.
    void write(std::string const& digest) const;
    void erase(Map::iterator device);
    void make_room();

    store::Store& store_;
    base::Clock const& clock_;
    mutable std::shared_mutex mutex_;  ///< guards what follows
    Map devices_;                      ///< by digest
};

}  // namespace soyuz::chat
