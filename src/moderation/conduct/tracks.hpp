#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"

namespace soyuz::moderation {

/// Tracks by key, a bounded number of them, in shards with a lock each so that threads rarely meet. A track has a
/// member `forgotten_at`: from that moment on nothing in it counts. Thread-safe.
template <class Track>
class Tracks {
public:
    explicit Tracks(std::size_t most) : most_each_(std::max<std::size_t>(1, most / shard_count)) {}

    /// Runs `use` with the key's track, a new one where there is none. Those forgotten go about once a `span`.
    auto with(std::string const& key, base::Moment now, std::chrono::milliseconds span, auto const& use) {
        auto& shard = shard_of(key);
        std::lock_guard const lock{shard.mutex};
        return use(track_in(shard, key, now, span));
    }

    void erase(std::string const& key) {
        auto& shard = shard_of(key);
        std::lock_guard const lock{shard.mutex};
        shard.tracks.erase(key);
    }

    std::size_t count(base::Moment now) const {
        std::size_t count = 0;
        for (auto const& shard : shards_) {
            std::lock_guard const lock{shard.mutex};
            count += static_cast<std::size_t>(std::count_if(shard.tracks.begin(), shard.tracks.end(), [&](auto& entry) {
                return entry.second.forgotten_at > now;
            }));
        }
        return count;
    }

private:
    static constexpr std::size_t shard_count = 16;

    struct Shard {
        mutable std::mutex mutex;
        std::unordered_map<std::string, Track> tracks;
        base::Moment next_sweep{};

        void sweep(base::Moment now) {
            std::erase_if(tracks, [&](auto const& entry) { return entry.second.forgotten_at <= now; });
        }
    };

    Shard& shard_of(std::string const& key) { return shards_[std::hash<std::string>{}(key) % shard_count]; }

    Track& track_in(Shard& shard, std::string const& key, base::Moment now, std::chrono::milliseconds span) {
        auto& tracks = shard.tracks;
        if (now >= shard.next_sweep) {
            shard.sweep(now);
            shard.next_sweep = now + std::max<std::chrono::milliseconds>(span, std::chrono::seconds{1});
        }
        if (auto const found = tracks.find(key); found != tracks.end()) return found->second;
        // An eighth goes at once, so that a crowd of strangers doesn't pay for a search each.
        if (tracks.size() >= most_each_) {
            shard.sweep(now);
            for (auto excess = most_each_ / 8 + 1; excess > 0 && tracks.size() >= most_each_; --excess)
                tracks.erase(tracks.begin());
        }
        return tracks[key];
    }

    std::size_t const most_each_;
    std::array<Shard, shard_count> shards_;
};

}  // namespace soyuz::moderation
