#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "outward/letter.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::outward {

/// How somebody wants to be told. Quiet hours are minutes of the day, where they live: what is not urgent waits for
/// their end. From and to the same means none.
struct Wishes {
    bool mail = false;
    bool telegram = false;
    std::string chat;  ///< Telegram's, "" where the account is linked to none
    unsigned quiet_from = 0, quiet_to = 0;
    int minutes_from_utc = 0;

    nlohmann::json json() const;
};

/// Everybody's wishes: the collection `outward_people`. Thread-safe.
class People {
public:
    People(store::Store& store, base::Clock const& clock);

    Wishes of(base::UserId const& user) const;
    /// Takes the members that are there. Waits for the disk. Errors: invalid_value.
    base::Result<void> change(base::UserId const& user, nlohmann::json const& members);
    void forget(base::UserId const& user);

    /// What somebody sends the bot within ten minutes to link their account; each asks for one of their own.
    std::string code_for(base::UserId const& user);
    /// Links a chat; its account, none where the code is not good. Doesn't wait for the disk.
    std::optional<base::UserId> link(std::string_view code, std::string chat);
    /// Whose chat it is; empty where nobody's.
    base::UserId user_of(std::string_view chat) const;
    /// Starts or stops telling somebody in their chat. Doesn't wait for the disk.
    void set_telegram(base::UserId const& user, bool on);

    /// When a letter may be sent: now, or when the quiet hours are over.
    base::Timestamp earliest(base::UserId const& user, Urgency urgency, base::Timestamp now) const;

private:
    void keep(base::UserId const& user, Wishes const& wishes);  ///< the caller holds `mutex_`

    store::Store& store_;
    base::Clock const& clock_;
    mutable std::mutex mutex_;  ///< guards what follows
    std::map<base::UserId, Wishes> wishes_;
    struct LinkCode {
        base::UserId user;
        base::Moment until;
    };
    std::map<std::string, LinkCode, std::less<>> codes_;
};

}  // namespace soyuz::outward
