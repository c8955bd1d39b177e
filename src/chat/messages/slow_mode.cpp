#include "chat/messages/slow_mode.hpp"

namespace soyuz::chat {

using std::chrono::milliseconds;

namespace {

std::string key_of(base::RoomId const& room, base::UserId const& user) { return room.value + '.' + user.value; }

}  // namespace

SlowMode::SlowMode(base::Clock const& clock) : clock_(clock) {}

milliseconds SlowMode::take(base::RoomId const& room, base::UserId const& user, std::chrono::seconds pause) {
    if (pause <= std::chrono::seconds{0}) return milliseconds{0};
    auto const now = clock_.moment();
    std::lock_guard const lock{mutex_};
    if (now >= next_sweep_) {
        std::erase_if(turns_, [&](auto const& turn) { return turn.second.over <= now; });
        next_sweep_ = now + std::chrono::seconds{10};
    }
    auto const [turn, is_new] = turns_.try_emplace(key_of(room, user), Turn{now, now + pause});
    if (is_new) return milliseconds{0};
    // By the pause as it is now: the owner may have changed it.
    auto const over = turn->second.taken + pause;
    if (over > now) return std::chrono::ceil<milliseconds>(over - now);
    turn->second = {now, now + pause};
    return milliseconds{0};
}

void SlowMode::give_back(base::RoomId const& room, base::UserId const& user) {
    std::lock_guard const lock{mutex_};
    turns_.erase(key_of(room, user));
}

std::size_t SlowMode::waiting() const {
    std::lock_guard const lock{mutex_};
    return turns_.size();
}

}  // namespace soyuz::chat
