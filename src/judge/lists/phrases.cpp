#include "judge/lists/phrases.hpp"

#include <algorithm>

namespace soyuz::judge {
namespace {
constexpr std::size_t most_begun = 768;

}  // namespace

void Phrases::add(std::vector<Step> steps, std::uint32_t number) { phrases_.push_back({std::move(steps), number}); }

void Phrases::build(std::size_t symbols) {
    first_of_symbol_.assign(symbols + 1, 0);
    for (auto const& phrase : phrases_) ++first_of_symbol_[phrase.steps[0].symbol + 1];
    for (std::size_t i = 1; i <= symbols; ++i) first_of_symbol_[i] += first_of_symbol_[i - 1];
    by_first_.resize(phrases_.size());
    auto at = first_of_symbol_;
    for (std::uint32_t i = 0; i < phrases_.size(); ++i) by_first_[at[phrases_[i].steps[0].symbol]++] = i;
}

void Phrases::Run::begin(Phrases const& phrases) {
    phrases_ = &phrases;
    begun_.clear();
}

void Phrases::Run::restart() { begun_.clear(); }

void Phrases::Run::token(std::uint32_t place, std::uint32_t words, std::span<std::uint32_t const> symbols,
                         std::vector<Found>& found) {
    // Each symbol of this token bears its stamp: asking for one is a single look, however many there are.
    if (stamps_.size() < phrases_->first_of_symbol_.size()) stamps_.assign(phrases_->first_of_symbol_.size(), 0);
    if (++stamp_ == 0) {
        std::fill(stamps_.begin(), stamps_.end(), 0);
        stamp_ = 1;
    }
    for (auto symbol : symbols) stamps_[symbol] = stamp_;
    next_.clear();
    for (auto const& begun : begun_) {
        auto const& phrase = phrases_->phrases_[begun.phrase];
        auto const& step = phrase.steps[begun.step];
        auto const skipped = words - begun.words - 1;
        if (skipped > step.gap) continue;
        if (stamps_[step.symbol] == stamp_) {
            if (begun.step + 1 == phrase.steps.size())
                found.push_back({phrase.number, begun.first, place});
            else
                next_.push_back({begun.phrase, begun.step + 1, begun.first, words});
        }
        // The word may also be part of the gap.
        if (skipped < step.gap && (step.filler == any_word || stamps_[step.filler] == stamp_)) next_.push_back(begun);
    }
    for (auto symbol : symbols) {
        for (auto i = phrases_->first_of_symbol_[symbol]; i < phrases_->first_of_symbol_[symbol + 1]; ++i) {
            auto const phrase = phrases_->by_first_[i];
            if (phrases_->phrases_[phrase].steps.size() == 1)
                found.push_back({phrases_->phrases_[phrase].number, place, place});
            else
                next_.push_back({phrase, 1, place, words});
        }
    }
    if (next_.size() > most_begun) next_.erase(next_.begin(), next_.end() - most_begun);
    std::swap(begun_, next_);
}

}  // namespace soyuz::judge
