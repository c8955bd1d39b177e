#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "realtime/hub_shard.hpp"

namespace soyuz::realtime {

/// How many connections follow each room on each loop: what nobody follows is neither encoded nor posted. Thread-safe.
class FollowedRooms {
public:
    explicit FollowedRooms(std::size_t loops) : loops_(loops) {}

    void add(base::RoomId const& room, std::uint32_t loop, Dialect dialect);
    void remove(base::RoomId const& room, std::uint32_t loop, Dialect dialect);
    bool contains(base::RoomId const& room, Dialect dialect) const;
    /// Is anything followed in this dialect?
    bool is_spoken(Dialect dialect) const {
        return rooms_spoken_[index_of(dialect)].load(std::memory_order_relaxed) > 0;
    }

    /// For each loop whether anybody there follows a room of these events.
    std::vector<bool> loops_of(std::vector<Published> const& events) const;

private:
    std::size_t const loops_;
    mutable std::mutex mutex_;
    using Rooms = std::unordered_map<base::RoomId, std::vector<std::uint32_t>>;  ///< followers on each loop
    std::array<Rooms, dialect_count> followers_;
    std::array<std::atomic<std::size_t>, dialect_count> rooms_spoken_{};
};

}  // namespace soyuz::realtime
