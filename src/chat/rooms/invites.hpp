#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/room.hpp"
#include "chat/rooms/room_records.hpp"
#include "chat/user.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

class Rooms;

/// Invites to rooms; one to the lobby is one to the server.
///
/// Thread-safe. `find` and `of` never block; the others wait for the disk and are for workers.
class Invites {
public:
    Invites(Rooms& rooms, store::Store& store, base::Clock const& clock);

    /// By a member; to a private room or the lobby by those who lead it.
    base::Result<Invite> create(User const& actor, base::RoomId const& room, std::chrono::hours lifetime,
                                std::size_t uses);
    std::optional<Invite> find(std::string_view code) const;  ///< only while it can still be used
    /// Lets somebody in who was not put out. Redeeming an invite again uses nothing up; a used-up or expired one lets
    /// nobody in.
    base::Result<RoomPtr> redeem(User const& user, std::string_view code);
    std::vector<Invite> of(base::RoomId const& room) const;

    /// For `Rooms`, which holds its `changing_`: the codes of a room's invites, or of those that somebody made.
    std::vector<std::string> codes_of(base::RoomId const& room) const;
    std::vector<std::string> codes_by(base::UserId const& inviter) const;
    void drop(std::vector<std::string> const& codes);

private:
    Rooms& rooms_;
    base::Clock const& clock_;
    mutable std::shared_mutex mutex_;  ///< guards what follows
    std::map<std::string, StoredInvite> invites_;
};

}  // namespace soyuz::chat
