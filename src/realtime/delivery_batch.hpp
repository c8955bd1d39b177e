#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/loop.hpp"
#include "realtime/hub_shard.hpp"

namespace soyuz::realtime {

/// Joins what several group commits bring into one pass over a room's followers.
///
/// A pass costs a system call for each follower, whatever it brings. Where there are many, it pays to wait while posts
/// are on their way to the disk, though never longer than the pass itself will take. With few followers, or no posts on
/// their way, events pass at once. Lives on one loop.
class DeliveryBatch {
public:
    using Events = std::shared_ptr<std::vector<Published> const>;

    static constexpr std::size_t many_followers = 64;  ///< a pass over these takes as long as a commit
    static constexpr std::chrono::microseconds per_follower{4};
    static constexpr std::chrono::milliseconds longest_wait{5};

    /// `posts_under_way`: taken up and not yet answered.
    DeliveryBatch(net::Loop& loop, HubShard& shard, std::atomic<std::int64_t> const& posts_under_way)
        : loop_(loop), shard_(shard), posts_under_way_(posts_under_way) {}

    void add(Events events);

private:
    std::size_t most_followers(std::vector<Published> const& events) const;
    void look();
    void deliver();

    net::Loop& loop_;
    HubShard& shard_;
    std::atomic<std::int64_t> const& posts_under_way_;
    std::vector<Events> waiting_;
    std::size_t followers_ = 0;  ///< of the largest room that waits
    bool look_scheduled_ = false;
    bool held_ = false;
    std::chrono::steady_clock::time_point deadline_{};  ///< of what is held
    std::uint64_t passes_ = 0;
};

}  // namespace soyuz::realtime
