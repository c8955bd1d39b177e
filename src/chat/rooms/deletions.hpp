#pragma once

#include <cstddef>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

/// Which messages of each room are deleted, so that nobody counts them as unread; the newest of a room. Thread-safe.
class Deletions {
public:
    explicit Deletions(store::Store& store);

    /// A message was deleted, or came back. Gives the change to be written along with the message.
    store::Change note(base::MessageId const& id, bool is_deleted);
    /// How many of the places after `seq` are deleted messages.
    std::size_t count_after(base::RoomId const& room, base::Seq seq) const;
    store::Change forget(base::RoomId const& room);

private:
    mutable std::mutex mutex_;
    std::unordered_map<base::RoomId, std::vector<base::Seq>> rooms_;  ///< ascending
};

}  // namespace soyuz::chat
