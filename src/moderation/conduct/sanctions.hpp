#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::moderation {

/// A ban or a mute of an account.
struct Sanction {
    enum class Kind { ban, mute } kind = Kind::ban;
    base::UserId user;
    std::optional<base::Timestamp> until;  ///< none: for good
    std::string reason;
    std::string by;  ///< user name of the moderator; "" when it was automatic
    base::Timestamp since{};
};

/// Bans and mutes: permanent ones in perma_banned.json, timed ones in temp_bans.json, mutes in mutes.json.
///
/// Thread-safe. Look-ups never block. They end on time by themselves: no sweep is needed to be right.
class Sanctions {
public:
    Sanctions(store::Store& store, base::Clock const& clock);
    ~Sanctions();

    /// The one in force now, the longest-lasting first.
    std::optional<Sanction> ban_of(base::UserId const& user) const;
    std::optional<Sanction> mute_of(base::UserId const& user) const;
    std::vector<Sanction> all() const;

    /// In force at once; `done` runs when it is durable, on the committer's thread. `log` is an optional further line
    /// for spam_log. Runs `on_imposed` on the caller's thread.
    void impose(Sanction sanction, std::optional<std::string> spam_log_line = {},
                std::function<void(base::Result<void>)> done = {});
    /// Lifts both permanent and timed. Waits for the disk. Errors: not_found.
    base::Result<void> lift(base::UserId const& user, Sanction::Kind kind);
    /// Forgets the ended ones on disk; called now and then by a worker.
    void sweep();

    /// Set before the server starts.
    std::function<void(Sanction const&)> on_imposed;
    std::function<void(base::UserId const&, Sanction::Kind)> on_lifted;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::moderation
