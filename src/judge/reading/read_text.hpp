#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace soyuz::judge {

/// One visible character after folding, and where it came from.
struct Glyph {
    char32_t point = 0;    ///< lower case; a space for every kind of white space
    std::uint32_t at = 0;  ///< code point of the original
    bool is_letter = false;
    bool is_disguise = false;
    bool is_upper = false;
    bool is_emoji = false;
};

/// A word (or number, link, …) of the text as it was meant.
struct Token {
    enum class Kind : std::uint8_t { word, number, mention, link, mail, emoji, sign };

    std::uint32_t begin = 0;  ///< into `ReadText::letters`
    std::uint32_t length = 0;
    std::uint32_t start = 0;  ///< code points of the original
    std::uint32_t end = 0;    ///< one past the last
    std::uint64_t hash = 0;   ///< of the canonical spelling, as `hash_of` gives it
    Kind kind = Kind::word;
    bool is_common = false;        ///< an ordinary word
    bool is_disguised = false;     ///< was spelt to hide what it is
    bool is_stretched = false;     ///< "soooo"
    bool is_shouted = false;       ///< all capitals, three letters or more
    bool is_capitalised = false;   ///< "Dick": the first letter is a capital, the rest is not
    bool is_abbreviation = false;  ///< "PGL": at most four letters, all of them capitals
    bool is_glued = false;         ///< part of a path, a command or a name with signs: / . - _ = * touches it
    bool starts_sentence = false;  ///< a full stop, exclamation or question mark stands before it
    bool is_quoted = false;        ///< between quotation marks
    bool is_hashtag = false;
};

/// What the writing looks like, apart from the words.
struct Shape {
    std::uint32_t code_points = 0;
    std::uint32_t letters = 0;
    std::uint32_t capitals = 0;
    std::uint32_t disguised = 0;  ///< letters of another script that stand for Latin ones
    std::uint32_t hidden = 0;     ///< zero-width and bidirectional characters
    std::uint32_t emoji = 0;
    std::uint32_t mentions = 0;
    std::uint32_t links = 0;
    std::uint32_t exclamations = 0;
    std::uint32_t questions = 0;
    std::uint32_t longest_run = 0;   ///< of one letter, exclamation or question mark
    std::uint32_t other_script = 0;  ///< letters that are not Latin even after folding
};

/// A text made ready for the lists, the patterns and the classifier.
struct ReadText {
    std::vector<Glyph> glyphs;
    std::string letters;  ///< the tokens' canonical spellings, each followed by a space
    std::vector<Token> tokens;
    Shape shape;

    std::string_view of(Token const& token) const {
        return std::string_view(letters).substr(token.begin, token.length);
    }
    /// Where tokens `first` to `last` stand in the original: after an override of the writing direction the last may
    /// stand before the first.
    struct Extent {
        std::uint32_t start, end;  ///< code points; one past the last
    };
    Extent extent(std::size_t first, std::size_t last) const {
        Extent all{tokens[first].start, tokens[first].end};
        for (auto i = first + 1; i <= last; ++i) {
            all.start = std::min(all.start, tokens[i].start);
            all.end = std::max(all.end, tokens[i].end);
        }
        return all;
    }
    void clear();
};

}  // namespace soyuz::judge
