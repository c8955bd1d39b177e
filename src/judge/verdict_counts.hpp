#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "judge/judge.hpp"

namespace soyuz::judge {

/// How many texts were judged, by what was decided. Thread-safe.
class VerdictCounts {
public:
    void add(Action action) { counts_[static_cast<std::size_t>(action)].fetch_add(1, std::memory_order_relaxed); }

    /// Counts anew from nothing.
    void reset() {
        for (auto& count : counts_) count.store(0, std::memory_order_relaxed);
    }

    std::uint64_t count(Action action) const;
    /// Per cent of the judged texts that were flagged or blocked, with two decimals; 0 before the first.
    double toxic_percent() const;

private:
    std::array<std::atomic<std::uint64_t>, 4> counts_{};
};

}  // namespace soyuz::judge
