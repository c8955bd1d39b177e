#include "moderation/phrases.hpp"

#include <algorithm>

namespace soyuz::moderation {
namespace {
constexpr std::size_t most_begun = 96;

bool holds(std::span<std::uint32_t const> symbols, std::uint32_t symbol) {
    return std::find(symbols.begin(), symbols.end(), symbol) != symbols.end();
}
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

void Phrases::Run::restart() { begun_.clear(); }

void Phrases::Run::token(std::uint32_t place, std::uint32_t words, std::span<std::uint32_t const> symbols,
                         std::vector<Found>& found) {
    next_.clear();
    for (auto const& begun : begun_) {
        auto const& phrase = phrases_.phrases_[begun.phrase];
        auto const& step = phrase.steps[begun.step];
        auto const skipped = words - begun.words - 1;
        if (skipped > step.gap) continue;
        if (holds(symbols, step.symbol)) {
            if (begun.step + 1 == phrase.steps.size())
                found.push_back({phrase.number, begun.first, place});
            else
                next_.push_back({begun.phrase, begun.step + 1, begun.first, words});
        }
        // The word may also be part of the gap.
        if (skipped < step.gap && (step.filler == any_word || holds(symbols, step.filler))) next_.push_back(begun);
    }
    for (auto symbol : symbols) {
        for (auto i = phrases_.first_of_symbol_[symbol]; i < phrases_.first_of_symbol_[symbol + 1]; ++i) {
            auto const phrase = phrases_.by_first_[i];
            if (phrases_.phrases_[phrase].steps.size() == 1)
                found.push_back({phrases_.phrases_[phrase].number, place, place});
            else
                next_.push_back({phrase, 1, place, words});
        }
    }
    if (next_.size() > most_begun) next_.erase(next_.begin(), next_.end() - most_begun);
    std::swap(begun_, next_);
}

}  // namespace soyuz::moderation
