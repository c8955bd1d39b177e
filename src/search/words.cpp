#include "search/words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include "base/text.hpp"

namespace soyuz::search {

namespace {

enum class Kind : std::uint8_t { nothing, letter, unspaced, joiner, ignored, picture };

bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// Scripts that put no spaces between words.
bool is_unspaced(UChar32 c) {
    UErrorCode status = U_ZERO_ERROR;
    switch (uscript_getScript(c, &status)) {
        case USCRIPT_HAN:
        case USCRIPT_HIRAGANA:
        case USCRIPT_KATAKANA:
        case USCRIPT_THAI:
        case USCRIPT_LAO:
        case USCRIPT_KHMER:
        case USCRIPT_MYANMAR: return true;
        default: return false;
    }
}

Kind kind_of(UChar32 c) {
    if (c < 0x80) {
        if (is_ascii_letter(static_cast<char>(c))) return Kind::letter;
        return c == '\'' ? Kind::joiner : Kind::nothing;
    }
    if (c == 0x2019 || c == 0x02BC) return Kind::joiner;
    if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return Kind::ignored;
    switch (u_charType(c)) {
        case U_UPPERCASE_LETTER:
        case U_LOWERCASE_LETTER:
        case U_TITLECASE_LETTER:
        case U_MODIFIER_LETTER:
        case U_OTHER_LETTER:
        case U_NON_SPACING_MARK:
        case U_ENCLOSING_MARK:
        case U_COMBINING_SPACING_MARK:
        case U_DECIMAL_DIGIT_NUMBER:
        case U_LETTER_NUMBER:
        case U_OTHER_NUMBER:
        case U_PRIVATE_USE_CHAR: return c >= 0x0E00 && is_unspaced(c) ? Kind::unspaced : Kind::letter;
        case U_OTHER_SYMBOL: return Kind::picture;
        case U_MODIFIER_SYMBOL: return u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER) ? Kind::ignored : Kind::nothing;
        case U_FORMAT_CHAR: return Kind::ignored;
        default: return Kind::nothing;
    }
}

UChar32 next_of(std::string_view text, std::size_t& at) {
    auto const* const bytes = reinterpret_cast<std::uint8_t const*>(text.data());
    auto place = static_cast<std::int32_t>(at);
    UChar32 c = 0;
    U8_NEXT(bytes, place, static_cast<std::int32_t>(text.size()), c);
    at = static_cast<std::size_t>(place);
    return c;
}

bool has_accents(UChar32 c) {
    return (c >= 0xC0 && c < 0x590) || (c >= 0x1E00 && c < 0x2000) || (c >= 0x0300 && c < 0x0370);
}

/// Marks that change how a letter is read, not which letter it is.
bool is_passed_over(UChar32 c) {
    return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0591 && c <= 0x05C7) ||                            // accents, niqqud
           (c >= 0x0610 && c <= 0x061A) || (c >= 0x064B && c <= 0x065F) || c == 0x0670 ||             // harakat
           (c >= 0x06D6 && c <= 0x06ED && c != 0x06DD && c != 0x06DE && c != 0x06E9) || c == 0x0640;  // tatweel
}

/// One letter for the forms that keyboards of Arabic, Persian and Urdu write differently.
UChar32 one_letter(UChar32 c) {
    switch (c) {
        case 0x0622:  // alef with madda
        case 0x0623:
        case 0x0625:
        case 0x0671:
        case 0x0672:
        case 0x0673: return 0x0627;  // alef
        case 0x0624: return 0x0648;  // waw
        case 0x0626:                 // yeh with hamza
        case 0x0649:                 // alef maksura
        case 0x064A:                 // Arabic yeh
        case 0x06CD:
        case 0x06CE:
        case 0x06D0:
        case 0x06D1: return 0x06CC;  // Farsi yeh
        case 0x06D3: return 0x06D2;  // yeh barree
        case 0x0643:
        case 0x06AA:
        case 0x06AC: return 0x06A9;  // keheh
        case 0x0629:                 // teh marbuta
        case 0x0647:                 // Arabic heh
        case 0x06BE:                 // heh doachashmee
        case 0x06C0:
        case 0x06C2:
        case 0x06C3:
        case 0x06D5: return 0x06C1;  // heh goal
        case 0x06BA: return 0x0646;  // noon ghunna
        case 0x00DF: return 's';
        case 0x00E6: return 'a';
        case 0x00F0: return 'd';
        case 0x00F8: return 'o';
        case 0x00FE: return 't';
        case 0x0111: return 'd';
        case 0x0127: return 'h';
        case 0x0131: return 'i';
        case 0x0142: return 'l';
        case 0x0153: return 'o';
        default: return c;
    }
}

void append_utf8(std::string& out, UChar32 c) {
    std::array<char, 4> bytes{};
    std::int32_t size = 0;
    U8_APPEND_UNSAFE(bytes.data(), size, c);
    out.append(bytes.data(), static_cast<std::size_t>(size));
}

std::string fold_characters(icu::UnicodeString const& word) {
    std::string folded;
    for (std::int32_t at = 0; at < word.length();) {
        auto c = word.char32At(at);
        at += U16_LENGTH(c);
        if (is_passed_over(c)) continue;
        if (c == '\'' || c == 0x2019 || c == 0x02BC) continue;
        if (c >= 0x80 && u_charType(c) == U_DECIMAL_DIGIT_NUMBER) c = '0' + u_charDigitValue(c);
        append_utf8(folded, one_letter(c));
    }
    return folded;
}

struct Reading {
    std::string_view text;
    std::vector<Word>& words;
    std::size_t begin = 0, end = 0;
    bool is_open = false, is_spaced = true;

    void take(std::size_t from, std::size_t to, bool spaced) {
        if (is_open && spaced != is_spaced) close();
        if (!is_open) begin = from;
        is_open = true;
        is_spaced = spaced;
        end = to;
    }
    void close() {
        if (!is_open) return;
        is_open = false;
        auto folded = fold_word(text.substr(begin, end - begin));
        if (!folded.empty()) words.push_back({std::move(folded), begin, end, is_spaced});
    }
};

}  // namespace

std::string fold_word(std::string_view word) {
    bool is_ascii = true;
    bool may_have_accents = false;
    std::string lower;
    lower.reserve(word.size());
    for (char c : word) {
        if (static_cast<unsigned char>(c) >= 0x80) {
            is_ascii = false;
            break;
        }
        if (c != '\'') lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    if (is_ascii) return lower;
    UErrorCode status = U_ZERO_ERROR;
    auto const* const folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
    auto const source = icu::UnicodeString::fromUTF8({word.data(), static_cast<std::int32_t>(word.size())});
    auto folded = folding->normalize(source, status);
    for (std::int32_t at = 0; at < folded.length() && !may_have_accents; ++at)
        may_have_accents = has_accents(folded.charAt(at));
    if (may_have_accents) {
        auto const* const apart = icu::Normalizer2::getNFDInstance(status);
        auto taken_apart = apart->normalize(folded, status);
        folded = std::move(taken_apart);
    }
    return U_SUCCESS(status) ? fold_characters(folded) : base::fold_case(word);
}

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    words.reserve(text.size() / 6 + 1);
    Reading reading{text, words};
    for (std::size_t at = 0; at < text.size();) {
        auto const from = at;
        auto const c = next_of(text, at);
        switch (c < 0 ? Kind::nothing : kind_of(c)) {
            case Kind::letter: reading.take(from, at, true); break;
            case Kind::unspaced: reading.take(from, at, false); break;
            case Kind::joiner:
            case Kind::ignored: break;  // the word goes on, should a letter follow
            case Kind::nothing: reading.close(); break;
            case Kind::picture:
                reading.close();
                words.push_back({std::string{text.substr(from, at - from)}, from, at, true});
                break;
        }
    }
    reading.close();
    return words;
}

std::string_view cut_at(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
    return text.substr(0, bytes);
}

std::size_t length_of(std::string_view word) { return base::count_code_points(word); }

void append_terms(Word const& word, std::vector<std::string>& terms) {
    if (word.is_spaced) {
        terms.emplace_back(cut_at(word.text, longest_term));
        return;
    }
    std::size_t from = 0, middle = 0;
    next_of(word.text, middle);
    if (middle >= word.text.size()) terms.push_back(word.text);
    while (middle < word.text.size()) {
        auto to = middle;
        next_of(word.text, to);
        terms.push_back(word.text.substr(from, to - from));
        from = middle;
        middle = to;
    }
}

}  // namespace soyuz::search
