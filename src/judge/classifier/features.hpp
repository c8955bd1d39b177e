#pragma once

#include <cstdint>
#include <vector>

#include "judge/lists/lexicon.hpp"
#include "judge/reading/read_text.hpp"

namespace soyuz::judge {

/// What the classifier sees of a text: 32-bit hashes of words, pairs of words, character n-grams within words and
/// signals of the lexicon. Three kinds, because each is scaled to length in its own way.
struct Features {
    struct Owned {
        std::uint32_t hash = 0;
        std::uint32_t token = 0;  ///< that it came from
    };
    std::vector<Owned> words;    ///< words, pairs, pairs with a gap, sounds of Roman Urdu words
    std::vector<Owned> grams;    ///< two to five characters
    std::vector<Owned> signals;  ///< what the lexicon found and how the text is written

    bool has_urdu = false;

    void clear();
};

/// Names of groups of people ("Muslim", "gay", "women") are all seen as one and the same, so that no group can be
/// learnt to be a bad word. Linear in the length of the text.
void extract(ReadText const& text, Lexicon const& lexicon, Findings const& findings, Features& features);

}  // namespace soyuz::judge
