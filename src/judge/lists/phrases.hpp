#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace soyuz::judge {

/// Finds sequences of words with gaps, where each place of a sequence is a symbol: a word, a set of words or a class.
class Phrases {
public:
    static constexpr std::uint32_t any_word = 0xffffffff;

    struct Step {
        std::uint32_t symbol = 0;
        std::uint32_t gap = 0;            ///< words that may stand between this step and the one before
        std::uint32_t filler = any_word;  ///< what those words must be
    };
    struct Found {
        std::uint32_t number = 0;  ///< as given to `add`
        std::uint32_t first = 0;   ///< tokens, inclusive
        std::uint32_t last = 0;
    };

    void add(std::vector<Step> steps, std::uint32_t number);
    void build(std::size_t symbols);
    bool empty() const { return phrases_.empty(); }

    /// One run over a text; keep it for the next, so that nothing is allocated. At most 768 phrases are under way at a
    /// time, the oldest are given up first, so that the time stays linear on any input.
    class Run {
    public:
        void begin(Phrases const& phrases);
        void restart();  ///< forgets what has begun: a sentence ended
        void token(std::uint32_t place, std::uint32_t words_before, std::span<std::uint32_t const> symbols,
                   std::vector<Found>& found);

    private:
        struct Begun {
            std::uint32_t phrase = 0, step = 0, first = 0, words = 0;
        };
        Phrases const* phrases_ = nullptr;
        std::vector<std::uint32_t> stamps_;
        std::uint32_t stamp_ = 0;
        std::vector<Begun> begun_, next_;
    };

private:
    struct Phrase {
        std::vector<Step> steps;
        std::uint32_t number = 0;
    };
    std::vector<Phrase> phrases_;
    std::vector<std::uint32_t> by_first_;         // phrase numbers, grouped by their first symbol
    std::vector<std::uint32_t> first_of_symbol_;  // where a symbol's group begins
};

}  // namespace soyuz::judge
