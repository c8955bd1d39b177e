#pragma once

#include <functional>
#include <memory>

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
    ~RuleBook();

    /// Null where the room goes by the server's rules.
    std::shared_ptr<RoomRules const> of(base::RoomId const& room) const;
    /// Waits for the disk.
    base::Result<void> set(base::RoomId const& room, RoomRules rules);
    /// The room is gone. Doesn't wait.
    void forget(base::RoomId const& room);
    void each(std::function<void(base::RoomId const&, RoomRules const&)> const& visit) const;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace soyuz::moderation
