#pragma once

#include <string>
#include <string_view>

/// One code point at a time: what does it look like to a reader?
namespace soyuz::judge {

/// What a code point becomes before words are looked up.
struct Folded {
    /// Up to four ASCII characters or code points; empty: the character is invisible and vanishes.
    char32_t points[4] = {0, 0, 0, 0};
    unsigned char count = 0;
    bool is_letter = false;    ///< of any script
    bool is_disguise = false;  ///< stands for a Latin letter that it is not (Cyrillic, Greek, mathematical …)
    bool is_upper = false;
    bool is_emoji = false;
};

/// Compatibility form (Unicode NFKC), case folded, accents dropped from Latin letters, look-alikes of Latin letters
/// replaced (Unicode UTS 39 confusables and a table of our own), zero-width and bidirectional controls removed.
/// Constant time; the table is built at first use (some milliseconds). Thread-safe.
Folded const& fold(char32_t point);

/// Decodes one code point of UTF-8 at `at` and advances; a broken byte gives U+FFFD and advances by one.
char32_t next_code_point(std::string_view text, std::size_t& at);

/// Appends `point` as UTF-8.
void append_utf8(std::string& out, char32_t point);

}  // namespace soyuz::judge
