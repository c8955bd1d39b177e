#pragma once

#include <cstdint>
#include <string_view>

#include "judge/reading/read_text.hpp"

namespace soyuz::judge {

/// Languages that the judge can tell by their commonest words or their script.
enum class Language : std::uint8_t {
    unknown,
    english,
    roman_urdu,
    spanish,
    french,
    german,
    italian,
    portuguese,
    dutch,
    swedish,
    turkish,
    indonesian,
    tagalog,
    urdu,
    arabic,
    hindi
};

/// As BCP 47 has it: "en", "ur-Latn", "fr"; "und" where it is unknown.
std::string_view tag(Language language);
/// The language with that tag; `unknown` where there is none.
Language language_of_tag(std::string_view tag);

/// The language that the commonest words of `text` speak for: at least two of them, and more than
/// speak for English or Roman Urdu, which win a draw. One look into a table for each word.
Language guess_language(ReadText const& text);

/// A language for which the lists and the classifier are made. Of others they know next to nothing.
constexpr bool is_read(Language language) {
    return language == Language::english || language == Language::roman_urdu || language == Language::unknown;
}

}  // namespace soyuz::judge
