#include "realtime/typing.hpp"

#include <algorithm>

namespace soyuz::realtime {

bool Typing::set(base::RoomId const& room, std::string const& username, bool on) {
    std::lock_guard lock(mutex_);
    if (!on && !rooms_.contains(room)) return false;
    auto& typists = rooms_[room];
    auto const at =
        std::find_if(typists.begin(), typists.end(), [&](Typist const& each) { return each.username == username; });
    if (at != typists.end()) {
        at->on = on;
        at->until = clock_.moment() + lasts;
        return at->on != at->announced;
    }
    if (on && typists.size() < per_room) {
        typists.push_back({username, clock_.moment() + lasts});
        return true;
    }
    return false;
}

std::vector<Typing::Change> Typing::take_changes() {
    std::lock_guard lock(mutex_);
    std::vector<Change> changes;
    auto const now = clock_.moment();
    for (auto room = rooms_.begin(); room != rooms_.end();) {
        auto& typists = room->second;
        for (auto& typist : typists) {
            if (typist.until <= now) typist.on = false;
            if (typist.on == typist.announced) continue;
            typist.announced = typist.on;
            changes.push_back({room->first, typist.username, typist.on});
        }
        std::erase_if(typists, [](Typist const& each) { return !each.on; });
        room = typists.empty() ? rooms_.erase(room) : std::next(room);
    }
    return changes;
}

}  // namespace soyuz::realtime
