#include "realtime/followed_rooms.hpp"

#include <algorithm>

namespace soyuz::realtime {

void FollowedRooms::add(base::RoomId const& room, std::uint32_t loop) {
    std::lock_guard const lock(mutex_);
    auto& followers = followers_[room];
    followers.resize(loops_);
    ++followers[loop];
}

void FollowedRooms::remove(base::RoomId const& room, std::uint32_t loop) {
    std::lock_guard const lock(mutex_);
    auto const found = followers_.find(room);
    if (found == followers_.end() || found->second[loop] == 0) return;
    auto& followers = found->second;
    --followers[loop];
    if (std::all_of(followers.begin(), followers.end(), [](auto count) { return count == 0; })) followers_.erase(found);
}

bool FollowedRooms::contains(base::RoomId const& room) const {
    std::lock_guard const lock(mutex_);
    return followers_.contains(room);
}

std::vector<bool> FollowedRooms::loops_of(std::vector<Published> const& events) const {
    std::vector<bool> loops(loops_);
    if (events.empty()) return loops;
    std::lock_guard const lock(mutex_);
    base::RoomId const* previous = nullptr;
    for (auto const& event : events) {
        if (previous != nullptr && *previous == event.room) continue;
        previous = &event.room;
        auto const found = followers_.find(event.room);
        if (found == followers_.end()) continue;
        for (std::size_t i = 0; i < loops_; ++i)
            if (found->second[i] > 0) loops[i] = true;
    }
    return loops;
}

}  // namespace soyuz::realtime
