#pragma once

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

    void add(base::RoomId const& room, std::uint32_t loop);
    void remove(base::RoomId const& room, std::uint32_t loop);
    bool contains(base::RoomId const& room) const;

    /// For each loop whether anybody there follows a room of these events.
    std::vector<bool> loops_of(std::vector<Published> const& events) const;

private:
    std::size_t const loops_;
    mutable std::mutex mutex_;
    std::unordered_map<base::RoomId, std::vector<std::uint32_t>> followers_;  ///< on each loop
};

}  // namespace soyuz::realtime
