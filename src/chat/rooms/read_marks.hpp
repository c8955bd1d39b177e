#pragma once

#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/in_flight.hpp"
#include "store/store.hpp"

namespace soyuz::chat {

/// How far each member has come in each room: what they have read, what has reached them, or what they have cleared for
/// themselves, as the collection says. Thread-safe; in shards, as every post moves its author's mark.
/// Moves are gathered: `flush` writes one document for each member whose marks moved.
class ReadMarks {
public:
    ReadMarks(store::Store& store, std::string collection);

    std::optional<base::Seq> find(base::UserId const& user, base::RoomId const& room) const;
    /// True when it moved forward.
    bool move(base::UserId const& user, base::RoomId const& room, base::Seq seq);
    /// As `move`, with the change to be written along with another.
    store::Change move_now(base::UserId const& user, base::RoomId const& room, base::Seq seq);
    void forget_room(base::RoomId const& room);
    store::Change forget_user(base::UserId const& user);
    /// Queues what moved; doesn't wait.
    void flush();

private:
    struct Marks {
        std::map<base::RoomId, base::Seq> rooms;
        bool moved = false;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::unordered_map<base::UserId, Marks> users;
    };
    Shard& shard_of(base::UserId const& user) { return shards_[std::hash<base::UserId>{}(user) % shards_.size()]; }
    Shard const& shard_of(base::UserId const& user) const {
        return shards_[std::hash<base::UserId>{}(user) % shards_.size()];
    }

    void write_again(std::vector<base::UserId> const& users);

    store::Store& store_;
    std::string const collection_;
    std::array<Shard, 16> shards_;
    base::InFlight in_flight_;
};

}  // namespace soyuz::chat
