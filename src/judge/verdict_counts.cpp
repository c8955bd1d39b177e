#include "judge/verdict_counts.hpp"

#include <cmath>

namespace soyuz::judge {

std::uint64_t VerdictCounts::count(Action action) const {
    return counts_[static_cast<std::size_t>(action)].load(std::memory_order_relaxed);
}

double VerdictCounts::toxic_percent() const {
    std::uint64_t all = 0;
    for (auto const& count : counts_) all += count.load(std::memory_order_relaxed);
    if (all == 0) return 0;
    auto const toxic = count(Action::flag) + count(Action::block);
    return std::round(static_cast<double>(toxic) / static_cast<double>(all) * 10'000) / 100;
}

}  // namespace soyuz::judge
