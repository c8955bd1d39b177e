#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "chat/sessions/session_observer.hpp"
#include "chat/user.hpp"

namespace soyuz::store {
class Store;
}

namespace soyuz::chat {

class Accounts;
class Rooms;

/// Puts people out for some minutes: out of all connections, or out of one room.
///
/// Thread-safe. Kicks out of connections are in memory alone: a restart closes everybody's and lets everybody in. Those
/// out of rooms are kept with their end, in the collection "kicks".
class Kicks {
public:
    Kicks(store::Store& store, Accounts const& accounts, Rooms& rooms, base::Clock const& clock);

    /// Set before the server starts.
    void observe(SessionObserver& observer) { observers_.push_back(&observer); }

    /// Has all connections closed, and lets none open until then: a later end that was set before stays. How many
    /// connections there were.
    std::size_t disconnect(Kick const& kick);
    /// Why somebody may open no connection now: forbidden, with the time that is left.
    std::optional<base::Error> refusal_of(base::UserId const& user) const;

    /// As `Rooms::expel`; lets them in again at `until`, or when staff does. Waits for the disk.
    base::Result<void> expel(User const& actor, base::UserId const& user, base::RoomId const& room,
                             std::optional<base::Timestamp> until);
    /// When somebody is let in again who was put out of a room; none where staff has to do it.
    std::optional<base::Timestamp> end_of(base::RoomId const& room, base::UserId const& user) const;
    /// Lets in whose time out of a room is over, in the name of who put them out; called now and then by a worker.
    void readmit_due();

private:
    static constexpr std::size_t most = 10'000;

    struct Expulsion {
        base::UserId user;
        base::RoomId room;
        base::UserId by;
        base::Timestamp until{};
    };
    void keep_out(base::UserId const& user, base::Timestamp until);
    void put(std::string const& key, std::optional<Expulsion> expulsion);

    store::Store& store_;
    Accounts const& accounts_;
    Rooms& rooms_;
    base::Clock const& clock_;
    std::vector<SessionObserver*> observers_;
    mutable std::shared_mutex mutex_;  ///< guards what follows
    std::unordered_map<base::UserId, base::Timestamp> ends_;
    std::unordered_map<std::string, Expulsion> expulsions_;  ///< by room and user
};

}  // namespace soyuz::chat
