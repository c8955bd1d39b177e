#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Texts as a search reads them: words without case, accents, vowel marks and whatever else keyboards write
/// differently.
namespace soyuz::search {

struct Word {
    std::string text;       ///< folded
    std::size_t begin = 0;  ///< bytes of the source
    std::size_t end = 0;    ///< one past the last
    bool is_spaced = true;  ///< false: of a script that puts no spaces between words
};

/// The words of `text`, which is valid UTF-8, in their order. Letters, digits and marks make words, and so does each
/// emoji by itself.
std::vector<Word> words_of(std::string_view text);

/// One word folded: case, compatibility forms, accents of Latin, Greek and Cyrillic, vowel marks of Arabic and Hebrew
/// script, joiners; Arabic, Persian and Urdu forms of the same letter are one letter, and digits are 0 to 9.
std::string fold_word(std::string_view word);

/// Adds what a word stands under in the index: itself, cut to `longest_term` bytes, or each pair of neighbouring
/// characters where its script has no spaces.
void append_terms(Word const& word, std::vector<std::string>& terms);

inline constexpr std::size_t longest_term = 48;

/// `text` without what follows its first `bytes`, and without half a character.
std::string_view cut_at(std::string_view text, std::size_t bytes);

std::size_t length_of(std::string_view word);  ///< in characters

}  // namespace soyuz::search
