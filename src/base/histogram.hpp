#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace soyuz::base {

/// Counts values by size, for monitoring. Thread-safe; `record` costs two relaxed additions and no lock.
class Histogram {
public:
    static constexpr std::size_t most_bounds = 16;

    /// `bounds`: ascending, at most 16; a value is counted under the first that is not below it, or beyond all.
    explicit Histogram(std::vector<std::uint64_t> bounds) : bounds_(std::move(bounds)) {
        if (bounds_.size() > most_bounds) bounds_.resize(most_bounds);
    }

    void record(std::uint64_t value) noexcept {
        std::size_t place = 0;
        while (place < bounds_.size() && value > bounds_[place]) ++place;
        counts_[place].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(value, std::memory_order_relaxed);
    }

    struct Snapshot {
        std::vector<std::uint64_t> bounds;
        std::vector<std::uint64_t> counts;  ///< one more than bounds: the last counts what is beyond all
        std::uint64_t sum = 0;
    };
    Snapshot snapshot() const {
        Snapshot taken;
        taken.bounds = bounds_;
        for (std::size_t place = 0; place <= bounds_.size(); ++place)
            taken.counts.push_back(counts_[place].load(std::memory_order_relaxed));
        taken.sum = sum_.load(std::memory_order_relaxed);
        return taken;
    }

private:
    std::vector<std::uint64_t> bounds_;
    std::array<std::atomic<std::uint64_t>, most_bounds + 1> counts_{};
    std::atomic<std::uint64_t> sum_{0};
};

}  // namespace soyuz::base
