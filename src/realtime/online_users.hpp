#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace soyuz::realtime {

/// Who is connected. A user with several sockets counts once, and goes only `grace` after the last of them closed, so
/// that a page that is reloaded doesn't flicker. Thread-safe.
class OnlineUsers {
public:
    explicit OnlineUsers(base::Clock const& clock, std::chrono::milliseconds grace = std::chrono::seconds{4})
        : clock_(clock), grace_(grace) {}

    void socket_opened(base::UserId const& user);
    void socket_closed(base::UserId const& user);

    struct Changes {
        std::vector<base::UserId> came, went;
    };
    /// What changed since the last call; ends the graces that are over.
    Changes take_changes();

    /// Who came and went, without any grace, in their order: kept from the first call on.
    struct Movement {
        base::UserId user;
        bool came = false;
    };
    std::vector<Movement> take_movements();

    bool is_online(base::UserId const& user) const;
    /// Has a socket open now, not only within its grace.
    bool is_connected(base::UserId const& user) const;
    std::size_t sockets_of(base::UserId const& user) const;
    std::size_t connected_count() const { return connected_.load(std::memory_order_relaxed); }
    /// At most `most` of those with a socket open now.
    std::vector<base::UserId> connected(std::size_t most) const;
    std::size_t count() const;
    std::vector<base::UserId> all() const;

private:
    struct Entry {
        std::uint32_t sockets = 0;
        bool announced = false;
        base::Moment closed_at{};  ///< of the last socket
    };
    /// The caller holds `mutex_`.
    void note(base::UserId const& user, bool came);

    base::Clock const& clock_;
    std::chrono::milliseconds const grace_;
    mutable std::shared_mutex mutex_;
    std::unordered_map<base::UserId, Entry> users_;
    std::atomic<std::size_t> connected_{0};
    bool keeps_movements_ = false;
    std::vector<Movement> movements_;
    std::vector<base::UserId> came_;
    std::deque<std::pair<base::Moment, base::UserId>> leaving_;  ///< oldest first
};

}  // namespace soyuz::realtime
