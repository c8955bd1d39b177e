#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "judge/judge.hpp"

namespace soyuz::judge {

/// A judge that counts the verdicts of another one. Thread-safe.
class CountingJudge final : public Judge {
public:
    explicit CountingJudge(Judge const& judge) : judge_(judge) {}
    Verdict judge(std::string_view text, Occasion const& occasion) const override;
    std::string lexicon_version() const override { return judge_.lexicon_version(); }
    std::string model_version() const override { return judge_.model_version(); }

    std::uint64_t count(Action action) const;
    /// Per cent of the judged texts that were flagged or blocked, with two decimals; 0 before the first.
    double toxic_percent() const;

private:
    Judge const& judge_;
    mutable std::array<std::atomic<std::uint64_t>, 4> counts_{};
};

}  // namespace soyuz::judge
