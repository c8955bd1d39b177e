#include "realtime/delivery_batch.hpp"

#include <algorithm>
#include <utility>

namespace soyuz::realtime {

void DeliveryBatch::add(Events events) {
    followers_ = std::max(followers_, most_followers(*events));
    waiting_.push_back(std::move(events));
    if (followers_ < many_followers) return deliver();
    if (std::exchange(look_scheduled_, true)) return;
    // Posted twice: what the sockets have ready is read in between, and may be more posts for this pass.
    loop_.post([this] { loop_.post([this] { look(); }); });
}

std::size_t DeliveryBatch::most_followers(std::vector<Published> const& events) const {
    std::size_t most = 0;
    Published const* previous = nullptr;
    for (auto const& event : events) {
        if (previous != nullptr && previous->room == event.room && previous->dialect == event.dialect) continue;
        previous = &event;
        if (auto const* const audience = shard_.audience(event.room, event.dialect))
            most = std::max(most, audience->followers.size());
    }
    return most;
}

void DeliveryBatch::look() {
    look_scheduled_ = false;
    if (waiting_.empty()) return;
    if (posts_under_way_.load(std::memory_order_relaxed) <= 0) return deliver();
    auto const now = std::chrono::steady_clock::now();
    if (held_) {
        if (now >= deadline_) deliver();
        return;
    }
    held_ = true;
    auto const wait = std::min<std::chrono::microseconds>(followers_ * per_follower, longest_wait);
    deadline_ = now + wait;
    // The next commit may come late, or not at all.
    loop_.after(std::chrono::ceil<std::chrono::milliseconds>(wait), [this, pass = passes_] {
        if (held_ && passes_ == pass) deliver();
    });
}

void DeliveryBatch::deliver() {
    held_ = false;
    followers_ = 0;
    ++passes_;
    auto const groups = std::exchange(waiting_, {});
    if (groups.size() == 1) return shard_.deliver(*groups.front());
    std::vector<Published> events;
    for (auto const& group : groups) events.insert(events.end(), group->begin(), group->end());
    shard_.deliver(events);
}

}  // namespace soyuz::realtime
