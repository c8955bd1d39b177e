#include "judge/reading/normaliser.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "judge/reading/characters.hpp"
#include "judge/reading/disguise.hpp"
#include "judge/reading/fold.hpp"
#include "judge/reading/token_reader.hpp"

namespace soyuz::judge {

void ReadText::clear() {
    glyphs.clear();
    letters.clear();
    tokens.clear();
    shape = {};
}

namespace {

constexpr char32_t right_to_left_override = 0x202E;
constexpr char32_t pop_direction = 0x202C;

struct Turned {
    char32_t point;
    char letter;
};
/// Letters turned upside down, which stand in reversed order, and what the plain ones beside them then are.
constexpr Turned turned_letters[] = {{U'ɐ', 'a'}, {U'ɔ', 'c'}, {U'ǝ', 'e'}, {U'ɟ', 'f'}, {U'ƃ', 'g'}, {U'ɓ', 'g'},
                                     {U'ɥ', 'h'}, {U'ᴉ', 'i'}, {U'ı', 'i'}, {U'ɾ', 'j'}, {U'ʞ', 'k'}, {U'ʃ', 'l'},
                                     {U'ɯ', 'm'}, {U'ɹ', 'r'}, {U'ʇ', 't'}, {U'ʌ', 'v'}, {U'ʍ', 'w'}, {U'ʎ', 'y'},
                                     {U'u', 'n'}, {U'n', 'u'}, {U'b', 'q'}, {U'q', 'b'}, {U'd', 'p'}, {U'p', 'd'},
                                     {U'm', 'w'}, {U'w', 'm'}, {U'¡', '!'}, {U'¿', '?'}};

bool is_turned(char32_t point) {
    if (point < 0x80) return false;
    return std::any_of(std::begin(turned_letters), std::end(turned_letters),
                       [&](Turned const& turned) { return turned.point == point && point != U'ı'; });
}

/// "ʇoıpı": reads `source` from its end, each letter the right way up.
std::u32string turned_up(std::string_view source) {
    std::u32string points;
    for (std::size_t i = 0; i < source.size();) points += next_code_point(source, i);
    for (auto& point : points) {
        auto const lower = point >= U'A' && point <= U'Z' ? point + 32 : point;
        for (auto const& turned : turned_letters)
            if (turned.point == lower) {
                point = static_cast<char32_t>(turned.letter);
                break;
            }
    }
    return points;
}

void read_glyphs(std::string_view source, ReadText& out) {
    auto& shape = out.shape;
    std::size_t reversed_from = std::string_view::npos;
    char32_t last = 0;
    std::uint32_t run = 0, at = 0, upside_down = 0;
    auto const turn = [&] {
        if (reversed_from != std::string_view::npos)
            std::reverse(out.glyphs.begin() + static_cast<std::ptrdiff_t>(reversed_from), out.glyphs.end());
        reversed_from = std::string_view::npos;
    };
    auto const* const ascii = &fold(0);  // the table's first page lies in one piece
    out.glyphs.reserve(source.size());
    for (std::size_t i = 0; i < source.size(); ++at) {
        auto const byte = static_cast<unsigned char>(source[i]);
        char32_t point = byte;
        if (byte < 0x80)
            ++i;
        else
            point = next_code_point(source, i);
        auto const& folded = point < 0x80 ? ascii[point] : fold(point);
        run = point == last ? run + 1 : 1;
        last = point;
        // Zeros of a number, ruled lines and rows of dots are no flood.
        if (folded.is_letter || point == U'!' || point == U'?') shape.longest_run = std::max(shape.longest_run, run);
        if (point >= 0x80) upside_down += is_turned(point);
        if (folded.count == 0) {
            // The vowels of Arabic, Urdu and Hebrew are written above and below the letters; a joiner shapes them.
            bool const is_vowel_mark = (point >= 0x591 && point <= 0x5C7) || (point >= 0x610 && point <= 0x61A) ||
                                       (point >= 0x640 && point <= 0x65F) || point == 0x670 ||
                                       (point >= 0x6D6 && point <= 0x6ED);
            shape.hidden += !is_vowel_mark;
            if (point == right_to_left_override) reversed_from = out.glyphs.size();
            if (point == pop_direction) turn();
            continue;
        }
        if (folded.is_letter) ++shape.letters;
        if (folded.is_upper) ++shape.capitals;
        if (folded.is_disguise) ++shape.disguised;
        if (folded.is_emoji) ++shape.emoji;
        if (point == U'!') ++shape.exclamations;
        if (point == U'?') ++shape.questions;
        for (unsigned k = 0; k < folded.count; ++k) {
            auto const piece = folded.points[k];
            bool const letter = folded.is_letter && (piece >= 0x80 || is_latin(piece));
            if (letter && !is_latin(piece)) ++shape.other_script;
            out.glyphs.push_back({piece, at, letter, folded.is_disguise, folded.is_upper, folded.is_emoji});
        }
    }
    turn();
    shape.code_points = at;
    // At least three letters, and a quarter of all, stand on their heads: so does the text.
    if (upside_down < 3 || upside_down * 4 < shape.letters) return;
    auto const points = turned_up(source);
    out.glyphs.clear();
    for (std::size_t i = points.size(); i-- > 0;) {
        auto const& folded = fold(points[i]);
        for (unsigned k = 0; k < folded.count; ++k)
            out.glyphs.push_back(
                {folded.points[k], static_cast<std::uint32_t>(i), folded.is_letter, true, false, folded.is_emoji});
    }
    shape.other_script = 0;
}

}  // namespace

void normalise(std::string_view text, Spelling const& words, ReadText& out) {
    out.clear();
    read_glyphs(text, out);
    read_tokens(words, out);
    join_torn(out, words);
}

}  // namespace soyuz::judge
