#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

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
    ~SpamWindow();

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
    void forget(base::UserId const& user);
    std::size_t tracked() const;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::moderation
