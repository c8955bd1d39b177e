#include "realtime/followed_rooms.hpp"

#include <algorithm>

namespace soyuz::realtime {

void FollowedRooms::add(base::RoomId const& room, std::uint32_t loop, Dialect dialect) {
    std::lock_guard const lock(mutex_);
    auto& rooms = followers_[index_of(dialect)];
    auto& followers = rooms[room];
    followers.resize(loops_);
    ++followers[loop];
    rooms_spoken_[index_of(dialect)].store(rooms.size(), std::memory_order_relaxed);
}

void FollowedRooms::remove(base::RoomId const& room, std::uint32_t loop, Dialect dialect) {
    std::lock_guard const lock(mutex_);
    auto& rooms = followers_[index_of(dialect)];
    auto const found = rooms.find(room);
    if (found == rooms.end() || found->second[loop] == 0) return;
    auto& followers = found->second;
    --followers[loop];
    if (std::all_of(followers.begin(), followers.end(), [](auto count) { return count == 0; })) rooms.erase(found);
    rooms_spoken_[index_of(dialect)].store(rooms.size(), std::memory_order_relaxed);
}

bool FollowedRooms::contains(base::RoomId const& room, Dialect dialect) const {
    std::lock_guard const lock(mutex_);
    return followers_[index_of(dialect)].contains(room);
}

std::vector<bool> FollowedRooms::loops_of(std::vector<Published> const& events) const {
    std::vector<bool> loops(loops_);
    if (events.empty()) return loops;
    std::lock_guard const lock(mutex_);
    Published const* previous = nullptr;
    for (auto const& event : events) {
        if (previous != nullptr && previous->room == event.room && previous->dialect == event.dialect) continue;
        previous = &event;
        auto const& rooms = followers_[index_of(event.dialect)];
        auto const found = rooms.find(event.room);
        if (found == rooms.end()) continue;
        for (std::size_t i = 0; i < loops_; ++i)
            if (found->second[i] > 0) loops[i] = true;
    }
    return loops;
}

}  // namespace soyuz::realtime
