#include "judge/reading/normaliser.hpp"

#include <algorithm>

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

void read_glyphs(std::string_view source, ReadText& out) {
    auto& shape = out.shape;
    std::size_t reversed_from = std::string_view::npos;
    char32_t last = 0;
    std::uint32_t run = 0, at = 0;
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
        if (folded.count == 0) {
            ++shape.hidden;
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
}

}  // namespace

void normalise(std::string_view text, Spelling const& words, ReadText& out) {
    out.clear();
    read_glyphs(text, out);
    read_tokens(words, out);
    join_torn(out, words);
}

}  // namespace soyuz::judge
