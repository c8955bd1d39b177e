#include "realtime/online_users.hpp"

#include <mutex>
#include <utility>

namespace soyuz::realtime {

void OnlineUsers::socket_opened(base::UserId const& user) {
    std::unique_lock lock(mutex_);
    auto const [at, is_new] = users_.try_emplace(user);
    if (++at->second.sockets == 1) note(user, true);
    if (is_new) came_.push_back(user);
}

void OnlineUsers::socket_closed(base::UserId const& user) {
    std::unique_lock lock(mutex_);
    auto const at = users_.find(user);
    if (at == users_.end() || at->second.sockets == 0) return;
    if (--at->second.sockets > 0) return;
    note(user, false);
    at->second.closed_at = clock_.moment();
    leaving_.emplace_back(at->second.closed_at, user);
}

OnlineUsers::Changes OnlineUsers::take_changes() {
    std::unique_lock lock(mutex_);
    Changes changes;
    auto const over = clock_.moment() - grace_;
    for (; !leaving_.empty() && leaving_.front().first <= over; leaving_.pop_front()) {
        auto const at = users_.find(leaving_.front().second);
        // Back meanwhile, or closed again later: then a newer entry of `leaving_` speaks for them.
        if (at == users_.end() || at->second.sockets > 0 || at->second.closed_at != leaving_.front().first) continue;
        if (at->second.announced) changes.went.push_back(at->first);
        users_.erase(at);
    }
    for (auto& user : came_) {
        auto const at = users_.find(user);
        if (at == users_.end() || at->second.announced) continue;
        at->second.announced = true;
        changes.came.push_back(std::move(user));
    }
    came_.clear();
    return changes;
}

void OnlineUsers::note(base::UserId const& user, bool came) {
    came ? ++connected_ : --connected_;
    if (keeps_movements_) movements_.push_back({user, came});
}

std::vector<OnlineUsers::Movement> OnlineUsers::take_movements() {
    std::unique_lock lock(mutex_);
    keeps_movements_ = true;
    return std::exchange(movements_, {});
}

bool OnlineUsers::is_connected(base::UserId const& user) const {
    std::shared_lock lock(mutex_);
    auto const found = users_.find(user);
    return found != users_.end() && found->second.sockets > 0;
}

std::size_t OnlineUsers::sockets_of(base::UserId const& user) const {
    std::shared_lock lock(mutex_);
    auto const found = users_.find(user);
    return found == users_.end() ? 0 : found->second.sockets;
}

std::vector<base::UserId> OnlineUsers::connected(std::size_t most) const {
    std::shared_lock lock(mutex_);
    std::vector<base::UserId> users;
    for (auto const& [user, entry] : users_) {
        if (users.size() == most) break;
        if (entry.sockets > 0) users.push_back(user);
    }
    return users;
}

bool OnlineUsers::is_online(base::UserId const& user) const {
    std::shared_lock lock(mutex_);
    return users_.contains(user);
}

std::size_t OnlineUsers::count() const {
    std::shared_lock lock(mutex_);
    return users_.size();
}

std::vector<base::UserId> OnlineUsers::all() const {
    std::shared_lock lock(mutex_);
    std::vector<base::UserId> users;
    users.reserve(users_.size());
    for (auto const& [user, entry] : users_) users.push_back(user);
    return users;
}

}  // namespace soyuz::realtime
