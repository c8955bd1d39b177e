#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "moderation/conduct/tracks.hpp"

namespace soyuz::moderation {

/// How much is too much.
struct SpamRules {
    std::string preset = "default";  ///< relaxed, default, strict or custom
    unsigned limit = 8;              ///< attempts that fit into `span`
    std::chrono::milliseconds span{10'000};
    std::chrono::milliseconds min_gap{0};  ///< between messages; sooner is refused without a ban
    unsigned repeat_weight = 2;            ///< what a text counts for that is among the last `limit` attempts
    std::vector<std::chrono::seconds> bans{std::chrono::seconds{60}, std::chrono::minutes{5}, std::chrono::hours{1}};
    std::chrono::hours memory{24};  ///< a ban this long ago no longer makes the next one longer
    unsigned address_limit = 400;   ///< attempts in `span` from one address, which a whole class may share

    static std::optional<SpamRules> of_preset(std::string_view name);
};

/// Counts attempts to post, refused ones too, over exact sliding windows: timestamps, not buckets.
///
/// Thread-safe. Memory is bounded: at most `limit` timestamps a user, and users whose window is empty are forgotten.
class SpamWindow {
public:
    explicit SpamWindow(base::Clock const& clock, std::size_t max_tracked = 100'000);

    struct Attempt {
        enum class Outcome { admitted, too_soon, flood, address_flood } outcome = Outcome::admitted;
        std::chrono::milliseconds retry_after{0};
        unsigned counted = 0;  ///< weight within the window, this attempt included
    };
    /// Counts one attempt. `flood` means that the user has earned a ban: the caller hands it out.
    Attempt admit(SpamRules const& rules, base::UserId const& user, std::string_view address, std::string_view text);

    /// Length of a user's next ban: grows with each within `memory`.
    std::chrono::seconds next_ban(SpamRules const& rules, base::UserId const& user);
    /// After a restart: that a ban was handed out at `when`.
    void remember_ban(base::UserId const& user, base::Timestamp when);
    /// Somebody let them write again: neither attempts nor bans count any more.
    void forget(base::UserId const& user);
    std::size_t tracked() const { return users_.count(clock_.moment()); }

private:
    struct Entry {
        base::Moment at;
        std::uint64_t text = 0;  ///< keyed hash; 0 where there was no text
        unsigned weight = 1;
    };
    struct UserTrack {
        std::deque<Entry> attempts;
        std::optional<base::Moment> admitted;  ///< the newest one that was let through
        base::Moment forgotten_at{};
    };
    struct AddressTrack {
        std::deque<base::Moment> attempts;
        base::Moment forgotten_at{};
    };

    std::uint64_t hash(std::string_view text) const;
    /// When the address has used up what it has, the time until it may try again.
    std::optional<std::chrono::milliseconds> count_address(SpamRules const& rules, std::string_view address,
                                                           base::Moment now);
    Attempt count_user(SpamRules const& rules, std::string const& user, std::uint64_t text, base::Moment now);

    base::Clock const& clock_;
    std::size_t const max_tracked_;
    std::array<unsigned char, 16> hash_key_{};
    Tracks<UserTrack> users_;
    Tracks<AddressTrack> addresses_;

    std::mutex bans_mutex_;
    std::unordered_map<base::UserId, std::deque<base::Timestamp>> bans_;
};

}  // namespace soyuz::moderation
