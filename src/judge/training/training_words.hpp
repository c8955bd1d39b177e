#pragma once

#include <cstdint>
#include <vector>

#include "judge/lists/lexicon.hpp"
#include "judge/training/csv.hpp"

/// Words that the model learns from its training texts, as hashes.
namespace soyuz::judge {

/// Words that stand in texts that nobody objected to, unless a list names them; sorted.
std::vector<std::uint32_t> ordinary_words(std::vector<Sample> const& samples, Lexicon const& lexicon);

/// Words that texts in Roman Urdu use, and others next to never.
std::vector<std::uint32_t> urdu_words(std::vector<Sample> const& samples);

}  // namespace soyuz::judge
