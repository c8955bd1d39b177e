#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::moderation {

/// The longest mute that nobody decided: what a machine takes away comes back by itself.
inline constexpr std::chrono::hours longest_by_itself{24};

/// A ban or a mute of an account.
struct Sanction {
    enum class Kind { ban, mute } kind = Kind::ban;
    base::UserId user;
    std::optional<base::Timestamp> until;  ///< none: for good
    std::string reason;
    std::string by;  ///< user name of the moderator; "" when it was automatic
    base::Timestamp since{};

    /// The spam window's: it always has an end, and ends writing alone.
    bool is_automatic_ban() const { return kind == Kind::ban && by.empty() && until.has_value(); }
};

/// Bans and mutes: permanent ones in perma_banned.json, timed ones in temp_bans.json, mutes in mutes.json.
///
/// Thread-safe. Look-ups never block. They end on time by themselves: no sweep is needed to be right.
class Sanctions {
public:
    /// Run on the thread that made the change.
    struct Hooks {
        std::function<void(Sanction const&)> imposed;
        std::function<void(base::UserId const&, Sanction::Kind)> lifted;
    };

    Sanctions(store::Store& store, base::Clock const& clock) : Sanctions(store, clock, Hooks{}) {}
    Sanctions(store::Store& store, base::Clock const& clock, Hooks hooks);

    /// The one in force now, the longest-lasting first.
    std::optional<Sanction> ban_of(base::UserId const& user) const;
    std::optional<Sanction> mute_of(base::UserId const& user) const;
    /// The ban that shuts out: one by people. Whoever has an automatic one is let in, and reads.
    std::optional<Sanction> exclusion_of(base::UserId const& user) const;
    std::vector<Sanction> all() const;

    /// In force at once; `done` runs when it is durable, on the committer's thread. `spam_log_line` is an optional
    /// further line for spam_log.
    void impose(Sanction sanction, std::optional<std::string> spam_log_line = {},
                std::function<void(base::Result<void>)> done = {});
    /// Lifts both permanent and timed. Waits for the disk. Errors: not_found.
    base::Result<void> lift(base::UserId const& user, Sanction::Kind kind);
    /// The account that imposed them is gone, its name too. Doesn't wait.
    void forget_author(std::string_view by);
    /// Forgets the ended ones on disk; called now and then by a worker.
    void sweep();

private:
    using Map = std::unordered_map<base::UserId, Sanction>;

    void load(std::string const& collection, Sanction::Kind kind, Map& map);
    Map& map_of(Sanction const& sanction);
    bool in_force(Sanction const& sanction) const { return !sanction.until || *sanction.until > clock_.now(); }
    std::optional<Sanction> find(Map const& map, base::UserId const& user) const;

    store::Store& store_;
    base::Clock const& clock_;
    Hooks const hooks_;
    /// Held while memory changes and the change is queued, so that both have the same order; never while waiting.
    std::mutex changing_;
    mutable std::shared_mutex mutex_;  ///< guards the maps
    Map permanent_, timed_, mutes_;
};

}  // namespace soyuz::moderation
