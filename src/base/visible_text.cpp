#include "base/visible_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf.h>
#include <unicode/utf8.h>

#include "base/text.hpp"

namespace soyuz::base {

namespace {

constexpr UChar32 black_flag = 0x1F3F4;
constexpr UChar32 cancel_tag = 0xE007F;
constexpr std::string_view right_to_left_override = "\u202E";

std::vector<UChar32> code_points(std::string_view text) {
    std::vector<UChar32> points;
    points.reserve(text.size());
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(text.size());) {
        UChar32 point = 0;
        U8_NEXT(reinterpret_cast<std::uint8_t const*>(text.data()), at, static_cast<std::int32_t>(text.size()), point);
        points.push_back(point);
    }
    return points;
}

void append(std::string& out, UChar32 point) {
    std::uint8_t bytes[U8_MAX_LENGTH];
    std::int32_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, point);
    out.append(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(size));
}

bool is_ignorable(UChar32 point) { return u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0; }

bool is_formatting(UChar32 point) {
    return u_charType(point) == U_FORMAT_CHAR && u_hasBinaryProperty(point, UCHAR_PREPENDED_CONCATENATION_MARK) == 0;
}

/// Shows nothing by itself: a blank, an ignorable one, a mark.
bool is_unseen(UChar32 point) {
    if (point > ' ' && point < 0x7F) return false;
    // The blank Braille pattern, what stands for an embedded object, and a note head without a shape.
    if (point == 0x2800 || point == 0xFFFC || point == 0x1D159) return true;
    if (u_isUWhiteSpace(point) || is_ignorable(point) || is_formatting(point)) return true;
    return (U_GET_GC_MASK(point) & (U_GC_M_MASK | U_GC_CC_MASK)) != 0 || U_IS_UNICODE_NONCHAR(point);
}

bool is_direction_mark(UChar32 point) { return point == 0x200E || point == 0x200F || point == 0x061C; }

/// Embeddings, overrides and isolates of the writing direction: they change how what follows is read.
bool turns_direction(UChar32 point) {
    return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

bool is_tag(UChar32 point) { return point >= 0xE0020 && point <= cancel_tag; }

/// An invisible character that a script or an emoji needs, wherever it stands.
bool is_needed(UChar32 point) {
    return point == 0x200C || point == 0x200D || point == 0x034F || is_direction_mark(point) ||
           (point >= 0x115F && point <= 0x1160) || (point >= 0x180B && point <= 0x180F && point != 0x180E) ||
           (point >= 0xFE00 && point <= 0xFE0F) || (point >= 0xE0100 && point <= 0xE01EF);
}

/// A mark of a script that sets vowels, medials and tones above and below one letter.
bool stacks_marks(UChar32 point) {
    UErrorCode status = U_ZERO_ERROR;
    switch (uscript_getScript(point, &status)) {
        case USCRIPT_MYANMAR:
        case USCRIPT_TIBETAN:
        case USCRIPT_KHMER:
        case USCRIPT_LANNA: return true;
        default: return false;
    }
}

/// The place behind the tags that make a region's flag of the black one at `at`, or `at`.
std::size_t flag_end(std::vector<UChar32> const& points, std::size_t at) {
    if (points[at] != black_flag) return at;
    auto end = at + 1;
    while (end < points.size() && is_tag(points[end]) && points[end] != cancel_tag) ++end;
    return end > at + 1 && end < points.size() && points[end] == cancel_tag ? end + 1 : at;
}

bool is_hidden(UChar32 point) {
    if (is_needed(point)) return false;
    auto const kind = u_charType(point);
    return kind == U_CONTROL_CHAR || kind == U_LINE_SEPARATOR || kind == U_PARAGRAPH_SEPARATOR ||
           kind == U_PRIVATE_USE_CHAR || is_ignorable(point) || is_formatting(point) || point == 0xFFFC ||
           U_IS_UNICODE_NONCHAR(point);
}

/// Byte by byte, as what `tidy_paste` minds is rare: C0 without LF and TAB, DEL, C1 (U+0080–9F), U+2028–202E and
/// U+2066–2069.
bool needs_tidying(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const c = static_cast<unsigned char>(text[at]);
        if (c < 0x20 && c != '\n' && c != '\t') return true;
        if (c == 0x7F) return true;
        if (c == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0) return true;
        if (c != 0xE2) continue;
        auto const middle = static_cast<unsigned char>(text[at + 1]);
        auto const last = static_cast<unsigned char>(text[at + 2]);
        if (middle == 0x80 && last >= 0xA8 && last <= 0xAE) return true;
        if (middle == 0x81 && last >= 0xA6 && last <= 0xA9) return true;
    }
    return false;
}

bool is_line_end(UChar32 point) {
    return point == '\n' || point == '\v' || point == '\f' || point == '\r' || point == 0x85 || point == 0x2028 ||
           point == 0x2029;
}

/// The place behind a control sequence whose parameters begin at `at` (ECMA-48, 5.4), or 0.
std::size_t control_sequence_end(std::vector<UChar32> const& points, std::size_t at) {
    while (at < points.size() && points[at] >= 0x30 && points[at] <= 0x3F) ++at;
    while (at < points.size() && points[at] >= 0x20 && points[at] <= 0x2F) ++at;
    return at < points.size() && points[at] >= 0x40 && points[at] <= 0x7E ? at + 1 : 0;
}

/// The place behind a string of a terminal's that BEL or ST ends on the same line (ECMA-48, 5.6), or 0.
std::size_t control_string_end(std::vector<UChar32> const& points, std::size_t at) {
    for (; at < points.size() && !is_line_end(points[at]); ++at) {
        if (points[at] == 0x07 || points[at] == 0x9C) return at + 1;
        if (points[at] == 0x1B) return at + 1 < points.size() && points[at + 1] == '\\' ? at + 2 : 0;
    }
    return 0;
}

/// The place behind the escape sequence that begins with the ESC or CSI at `at`; behind that alone where there is none.
std::size_t escape_end(std::vector<UChar32> const& points, std::size_t at) {
    constexpr std::u32string_view strings = U"]PX^_";
    auto const next = at + 1 < points.size() ? points[at + 1] : 0;
    // An old text's quotation mark has the same code: without a number it is not a sequence.
    if (points[at] == 0x9B) {
        bool const has_number = next >= '0' && next <= '9';
        return std::max(has_number ? control_sequence_end(points, at + 1) : 0, at + 1);
    }
    if (next == '[') return std::max(control_sequence_end(points, at + 2), at + 1);
    if (strings.find(static_cast<char32_t>(next)) != strings.npos)
        return std::max(control_string_end(points, at + 2), at + 1);
    auto end = at + 1;
    while (end < points.size() && points[end] >= 0x20 && points[end] <= 0x2F) ++end;
    return end < points.size() && points[end] >= 0x30 && points[end] <= 0x7E ? end + 1 : at + 1;
}

}  // namespace

bool shows_something(std::string_view text) {
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(text.size());) {
        UChar32 point = 0;
        U8_NEXT(reinterpret_cast<std::uint8_t const*>(text.data()), at, static_cast<std::int32_t>(text.size()), point);
        if (!is_unseen(point)) return true;
    }
    return false;
}

std::string tidy_paste(std::string text) {
    if (!needs_tidying(text)) return text;
    auto const points = code_points(text);
    std::string tidy;
    tidy.reserve(text.size());
    for (std::size_t at = 0; at < points.size();) {
        auto const point = points[at];
        if (point == 0x1B || point == 0x9B) {
            at = escape_end(points, at);
            continue;
        }
        ++at;
        if (is_line_end(point)) {
            tidy += '\n';
            if (point == '\r' && at < points.size() && points[at] == '\n') ++at;
        } else if (point == '\t' || (u_charType(point) != U_CONTROL_CHAR && !turns_direction(point))) {
            append(tidy, point);
        }
    }
    return tidy;
}

std::string tidy_line(std::string_view text) {
    if (!shows_something(text) || text.find(right_to_left_override) != text.npos) return trim(text);
    auto const points = code_points(tidy_paste(std::string{text}));
    std::string tidy;
    for (std::size_t at = 0; at < points.size();) {
        auto const flag = flag_end(points, at);
        for (; at < flag; ++at) append(tidy, points[at]);
        if (at == points.size()) break;
        auto const point = points[at++];
        if (point == '\n' || point == '\t') {
            if (!tidy.empty()) tidy += ' ';
        } else if (u_charType(point) == U_PRIVATE_USE_CHAR || !(tidy.empty() ? is_unseen(point) : is_hidden(point))) {
            append(tidy, point);
        }
    }
    // Behind the last character a mark of direction shows nothing, other ignorable ones may belong to an emoji.
    auto rest = code_points(tidy);
    while (!rest.empty() && (u_isUWhiteSpace(rest.back()) || is_direction_mark(rest.back()))) rest.pop_back();
    tidy.clear();
    for (auto const point : rest) append(tidy, point);
    return tidy;
}

bool has_hidden_characters(std::string_view text) {
    auto const points = code_points(text);
    for (std::size_t at = 0; at < points.size(); ++at) {
        if (auto const flag = flag_end(points, at); flag > at) {
            at = flag - 1;
        } else if (is_hidden(points[at])) {
            return true;
        }
    }
    return false;
}

bool has_towering_marks(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    auto const decomposed = icu::Normalizer2::getNFDInstance(status)->normalize(
        icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())}), status);
    std::size_t marks = 0;
    for (std::int32_t at = 0; at < decomposed.length(); at = decomposed.moveIndex32(at, 1)) {
        auto const point = decomposed.char32At(at);
        if ((U_GET_GC_MASK(point) & (U_GC_MN_MASK | U_GC_ME_MASK)) == 0)
            marks = 0;
        else if (!is_ignorable(point) && ++marks > (stacks_marks(point) ? 6U : 3U))
            return true;
    }
    return false;
}

bool has_unseen_characters(std::string_view text) {
    auto const points = code_points(text);
    return std::any_of(points.begin(), points.end(), [](auto point) {
        return point != ' ' && is_unseen(point) && (U_GET_GC_MASK(point) & U_GC_M_MASK) == 0;
    });
}

}  // namespace soyuz::base
