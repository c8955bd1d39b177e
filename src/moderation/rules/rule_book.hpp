#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "store/store.hpp"

namespace soyuz::moderation {

struct RoomRules;

/// The rules of each room that has its own: the collection `room_rules`. Thread-safe; look-ups never block.
class RuleBook {
public:
    /// Runs after each `set`, on the thread that made it.
    using Changed = std::function<void(base::RoomId const&, RoomRules const&)>;

    explicit RuleBook(store::Store& store, Changed changed = {});

    /// Null where the room goes by the server's rules.
    std::shared_ptr<RoomRules const> of(base::RoomId const& room) const;
    /// Waits for the disk.
    base::Result<void> set(base::RoomId const& room, RoomRules rules);
    /// The room is gone. Doesn't wait.
    void forget(base::RoomId const& room);
    void each(std::function<void(base::RoomId const&, RoomRules const&)> const& visit) const;

private:
    store::Store& store_;
    Changed const changed_;
    std::mutex changing_;              ///< one change at a time, also while it is written
    mutable std::shared_mutex mutex_;  ///< guards the rules
    std::unordered_map<base::RoomId, std::shared_ptr<RoomRules const>> rules_;
};

}  // namespace soyuz::moderation
