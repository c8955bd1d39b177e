#include "judge/reading/fold.hpp"

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

namespace soyuz::judge {
namespace {

struct LookAlike {
    char32_t point;
    char letter;
};

// Where UTS 39 is silent because the lower-case shape differs from the Latin one, a person still reads the letter.
constexpr LookAlike look_alikes[] = {
    {U'а', 'a'}, {U'в', 'b'}, {U'е', 'e'}, {U'ё', 'e'}, {U'є', 'e'}, {U'к', 'k'}, {U'м', 'm'}, {U'н', 'h'}, {U'о', 'o'},
    {U'р', 'p'}, {U'с', 'c'}, {U'т', 't'}, {U'у', 'y'}, {U'х', 'x'}, {U'ѕ', 's'}, {U'і', 'i'}, {U'ї', 'i'}, {U'ј', 'j'},
    {U'ԁ', 'd'}, {U'һ', 'h'}, {U'ԛ', 'q'}, {U'ԝ', 'w'}, {U'ь', 'b'}, {U'г', 'r'}, {U'п', 'n'}, {U'и', 'u'}, {U'я', 'r'},
    {U'ѵ', 'v'}, {U'ӏ', 'l'}, {U'α', 'a'}, {U'β', 'b'}, {U'γ', 'y'}, {U'δ', 'd'}, {U'ε', 'e'}, {U'η', 'n'}, {U'ι', 'i'},
    {U'κ', 'k'}, {U'λ', 'l'}, {U'μ', 'u'}, {U'ν', 'v'}, {U'ο', 'o'}, {U'ρ', 'p'}, {U'σ', 's'}, {U'ς', 's'}, {U'τ', 't'},
    {U'υ', 'u'}, {U'χ', 'x'}, {U'ω', 'w'}, {U'π', 'n'}, {U'ϲ', 'c'}, {U'ϳ', 'j'}, {U'ɑ', 'a'}, {U'ʙ', 'b'}, {U'ᴀ', 'a'},
    {U'ᴄ', 'c'}, {U'ᴅ', 'd'}, {U'ᴇ', 'e'}, {U'ғ', 'f'}, {U'ꜰ', 'f'}, {U'ɢ', 'g'}, {U'ʜ', 'h'}, {U'ɪ', 'i'}, {U'ᴊ', 'j'},
    {U'ᴋ', 'k'}, {U'ʟ', 'l'}, {U'ᴍ', 'm'}, {U'ɴ', 'n'}, {U'ᴏ', 'o'}, {U'ᴘ', 'p'}, {U'ǫ', 'q'}, {U'ʀ', 'r'}, {U'ꜱ', 's'},
    {U'ᴛ', 't'}, {U'ᴜ', 'u'}, {U'ᴠ', 'v'}, {U'ᴡ', 'w'}, {U'ʏ', 'y'}, {U'ᴢ', 'z'}, {U'ø', 'o'}, {U'ł', 'l'}, {U'đ', 'd'},
    {U'ħ', 'h'}, {U'ı', 'i'}, {U'ŧ', 't'}, {U'ƒ', 'f'}, {U'ɾ', 'r'}, {U'ʋ', 'v'}, {U'ɯ', 'm'}, {U'ƿ', 'p'}, {U'յ', 'j'},
    {U'ո', 'n'}, {U'ս', 'u'}, {U'օ', 'o'}, {U'հ', 'h'}, {U'ց', 'g'}, {U'ɡ', 'g'}, {U'ʃ', 's'},
};

constexpr std::pair<char32_t, char32_t> arabic_forms[] = {
    {0x64A, 0x6CC}, {0x649, 0x6CC}, {0x643, 0x6A9}, {0x647, 0x6C1}, {0x6C0, 0x6C1}, {0x6C2, 0x6C1}, {0x629, 0x6C1},
    {0x6BE, 0x6C1}, {0x6D5, 0x6C1}, {0x623, 0x627}, {0x625, 0x627}, {0x671, 0x627}, {0x624, 0x648}, {0x626, 0x6CC}};

bool is_ascii(icu::UnicodeString const& text) {
    for (int32_t i = 0; i < text.length(); ++i)
        if (text[i] >= 0x80) return false;
    return !text.isEmpty();
}

/// Scripts whose letters people put in place of Latin ones. An Arabic alef is no l to anybody who reads it.
bool looks_latin(char32_t point) {
    UErrorCode status = U_ZERO_ERROR;
    switch (uscript_getScript(static_cast<UChar32>(point), &status)) {
        case USCRIPT_LATIN:
        case USCRIPT_GREEK:
        case USCRIPT_CYRILLIC:
        case USCRIPT_ARMENIAN:
        case USCRIPT_CHEROKEE:
        case USCRIPT_LISU:
        case USCRIPT_COPTIC:
        case USCRIPT_DESERET:
        case USCRIPT_COMMON: return true;
        default: return false;
    }
}

void put(Folded& folded, icu::UnicodeString const& text) {
    folded.count = 0;
    for (int32_t i = 0; i < text.length() && folded.count < 4; i = text.moveIndex32(i, 1)) {
        auto point = static_cast<char32_t>(text.char32At(i));
        folded.points[folded.count++] = point;
    }
}

/// Built once; ICU's objects are needed only while building.
class Table {
public:
    static constexpr char32_t limit = 0x20000;

    Table() {
        UErrorCode status = U_ZERO_ERROR;
        compatible_ = icu::Normalizer2::getNFKCCasefoldInstance(status);
        decomposed_ = icu::Normalizer2::getNFDInstance(status);
        spoof_ = uspoof_open(&status);
        pages_.resize(limit >> 8);
        for (auto [first, last] : ranges)
            for (auto page = first >> 8; page <= last >> 8; ++page)
                if (!pages_[page]) pages_[page] = build(page);
        uspoof_close(spoof_);
        spoof_ = nullptr;
        plain_.count = 1;
    }

    Folded const& at(char32_t point) const {
        if (point < limit && pages_[point >> 8]) return (*pages_[point >> 8])[point & 0xff];
        if (point >= 0xE0000) return invisible_;  // tags and variation selectors
        // Outside the table lie Han, Hangul and rare scripts, which need no folding.
        thread_local Folded plain;
        plain = {};
        plain.points[0] = point;
        plain.count = 1;
        plain.is_letter = u_isalpha(static_cast<UChar32>(point));
        plain.is_emoji = u_hasBinaryProperty(static_cast<UChar32>(point), UCHAR_EMOJI_PRESENTATION);
        return plain;
    }

private:
    using Page = std::array<Folded, 256>;
    static constexpr std::pair<char32_t, char32_t> ranges[] = {
        {0, 0x2BFF},        {0x2C00, 0x2DFF},   {0xA600, 0xA7FF},   {0xAB00, 0xABFF},  {0xFB00, 0xFFFF},
        {0x10400, 0x104FF}, {0x1D400, 0x1D7FF}, {0x1F100, 0x1F6FF}, {0x1F900, 0x1F9FF}};

    std::unique_ptr<Page> build(char32_t page) const {
        auto result = std::make_unique<Page>();
        for (char32_t low = 0; low < 256; ++low) (*result)[low] = folded(page << 8 | low);
        return result;
    }

    Folded folded(char32_t point) const {
        Folded out;
        auto const cp = static_cast<UChar32>(point);
        auto const type = u_charType(cp);
        if (point < 0x80) {
            out.count = 1;
            out.points[0] = static_cast<char32_t>(u_foldCase(cp, U_FOLD_CASE_DEFAULT));
            out.is_letter = u_isalpha(cp);
            out.is_upper = u_isupper(cp);
            if (point < 0x20 || point == 0x7f) out.points[0] = U' ';
            return out;
        }
        out.is_upper = u_isupper(cp);
        out.is_emoji = u_hasBinaryProperty(cp, UCHAR_EMOJI_PRESENTATION);
        if (u_isUWhiteSpace(cp) || type == U_CONTROL_CHAR) return one(out, U' ');
        // Digits of every script, and what one letter of Arabic script is for Arabic, Persian and Urdu keyboards.
        if (type == U_DECIMAL_DIGIT_NUMBER && point < 0xFF00)
            return one(out, U'0' + static_cast<char32_t>(u_charDigitValue(cp)));
        if (point == 0x640) return out;  // only stretches the line
        for (auto [form, letter] : arabic_forms)
            if (form == point) {
                out.is_letter = true;
                return one(out, letter);
            }
        if (type == U_FORMAT_CHAR || type == U_ENCLOSING_MARK || point == 0x034F || point == 0x115F ||
            point == 0x1160 || point == 0x3164 || point == 0xFFA0 || (point >= 0xFE00 && point <= 0xFE0F))
            return out;
        if (type == U_NON_SPACING_MARK && u_getCombiningClass(cp) != 0 && u_getCombiningClass(cp) != 9) return out;
        // Enclosed letters without a compatibility form: circled and squared capitals on black.
        if (point >= 0x1F150 && point <= 0x1F169) return disguise(out, 'a' + static_cast<char>(point - 0x1F150));
        if (point >= 0x1F170 && point <= 0x1F189) return disguise(out, 'a' + static_cast<char>(point - 0x1F170));
        if (out.is_emoji) return one(out, point);
        // Vowel signs of Indic scripts are part of the word.
        if (type == U_COMBINING_SPACING_MARK || type == U_NON_SPACING_MARK) {
            out.is_letter = true;
            return one(out, point);
        }
        return letter(out, point);
    }

    Folded letter(Folded out, char32_t point) const {
        UErrorCode status = U_ZERO_ERROR;
        icu::UnicodeString source(static_cast<UChar32>(point));
        auto text = decomposed_->normalize(compatible_->normalize(source, status), status);
        icu::UnicodeString bare;
        for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1))
            if (u_getCombiningClass(text.char32At(i)) == 0) bare.append(text.char32At(i));
        out.is_letter = u_isalpha(static_cast<UChar32>(point));
        if (is_ascii(bare)) {
            put(out, bare);
            // é is e with an accent; a full-width or mathematical e is a disguise.
            out.is_disguise =
                u_getIntPropertyValue(static_cast<UChar32>(point), UCHAR_DECOMPOSITION_TYPE) > U_DT_CANONICAL;
            if (out.count == 1 && out.points[0] < 0x80) out.is_letter = u_isalpha(static_cast<UChar32>(out.points[0]));
            return out;
        }
        auto const base = bare.isEmpty() ? point : static_cast<char32_t>(bare.char32At(0));
        for (auto known : look_alikes)
            if (known.point == base || known.point == point) return disguise(out, known.letter);
        std::array<UChar, 32> skeleton{};
        auto length = uspoof_getSkeleton(spoof_, 0, bare.getBuffer(), bare.length(), skeleton.data(), 32, &status);
        if (U_SUCCESS(status) && length > 0 && length <= 2) {
            icu::UnicodeString shape(skeleton.data(), length);
            shape.foldCase();
            if (is_ascii(shape) && u_isalpha(shape[0]) && out.is_letter && looks_latin(point)) {
                put(out, shape);
                out.is_disguise = true;
                return out;
            }
        }
        put(out, bare.isEmpty() ? source : bare);
        return out;
    }

    static Folded one(Folded out, char32_t point) {
        out.points[0] = point;
        out.count = 1;
        return out;
    }

    static Folded disguise(Folded out, int letter) {
        out.is_disguise = true;
        out.is_letter = true;
        out.is_emoji = false;
        return one(out, static_cast<char32_t>(letter));
    }

    icu::Normalizer2 const* compatible_ = nullptr;
    icu::Normalizer2 const* decomposed_ = nullptr;
    USpoofChecker* spoof_ = nullptr;
    std::vector<std::unique_ptr<Page>> pages_;
    Folded plain_;
    Folded invisible_;
};

}  // namespace

Folded const& fold(char32_t point) {
    static Table const table;
    return table.at(point);
}

void append_utf8(std::string& out, char32_t point) {
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0 | point >> 6);
        out += static_cast<char>(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        out += static_cast<char>(0xE0 | point >> 12);
        out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (point & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | point >> 18);
        out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (point & 0x3F));
    }
}

char32_t next_code_point(std::string_view text, std::size_t& at) {
    auto const byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    auto const first = byte(at++);
    if (first < 0x80) return first;
    int const more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : 0;
    if (more == 0 || first > 0xF4) return 0xFFFD;
    char32_t point = first & (0x3Fu >> more);
    for (int i = 0; i < more; ++i) {
        if ((byte(at + static_cast<std::size_t>(i)) & 0xC0u) != 0x80u) return 0xFFFD;
        point = point << 6 | (byte(at + static_cast<std::size_t>(i)) & 0x3Fu);
    }
    at += static_cast<std::size_t>(more);
    return point;
}

}  // namespace soyuz::judge
