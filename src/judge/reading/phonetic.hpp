#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace soyuz::judge {

/// How a word of Roman Urdu sounds, whatever the spelling: pagal, paagal, pagaal and pgl; bewakoof, bewaqoof and
/// bevkuf. Consonants after folding (aspirates and doubled letters dropped, q = k, w = v, z = j, ph = f), and for each
/// place between them the set of vowels heard there: bit 0 a, bit 1 e/i/y, bit 2 o/u.
struct Sound {
    static constexpr std::size_t longest = 12;

    std::array<char, longest> consonants{};
    std::array<std::uint8_t, longest + 1> vowels{};  ///< vowels[i] stands before consonant i, the last behind all
    std::uint8_t size = 0;
    std::uint8_t voiced = 0;  ///< places that have a vowel

    std::string_view key() const { return {consonants.data(), size}; }
};

/// The sound of `word` (a–z only); of size 0 where it has no consonant or more than twelve.
Sound sound_of(std::string_view word);

/// Could `heard` be another spelling of `listed`? Both have the same key. Vowels may be left out, seldom put in, and
/// must agree where both have one. Words of fewer than three consonants sound like too many others: never.
bool is_same_word(Sound const& listed, Sound const& heard);

}  // namespace soyuz::judge
