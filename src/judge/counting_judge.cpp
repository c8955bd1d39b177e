#include "judge/counting_judge.hpp"

#include <cmath>

namespace soyuz::judge {

Verdict CountingJudge::judge(std::string_view text, Occasion const& occasion) const {
    auto verdict = judge_.judge(text, occasion);
    counts_[static_cast<std::size_t>(verdict.action)].fetch_add(1, std::memory_order_relaxed);
    return verdict;
}

std::uint64_t CountingJudge::count(Action action) const {
    return counts_[static_cast<std::size_t>(action)].load(std::memory_order_relaxed);
}

double CountingJudge::toxic_percent() const {
    std::uint64_t all = 0;
    for (auto const& count : counts_) all += count.load(std::memory_order_relaxed);
    if (all == 0) return 0;
    auto const toxic = count(Action::flag) + count(Action::block);
    return std::round(static_cast<double>(toxic) / static_cast<double>(all) * 10'000) / 100;
}

}  // namespace soyuz::judge
