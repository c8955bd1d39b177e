#include <algorithm>

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "template/values/objects.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

using InLocale = icu::UnicodeString& (icu::UnicodeString::*)(icu::Locale const&);

/// With the case that ICU's function gives it, or by `ascii` where that will do.
std::string in_case(std::string_view text, char (*ascii)(char), InLocale change) {
    std::string out(text);
    if (is_ascii(text)) {
        std::transform(out.begin(), out.end(), out.begin(), ascii);
        return out;
    }
    auto unicode = icu::UnicodeString::fromUTF8(out);
    out.clear();
    return (unicode.*change)(icu::Locale::getRoot()).toUTF8String(out);
}

char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

UChar32 code(char32_t character) { return static_cast<UChar32>(character); }

bool is_all(std::string_view text, UProperty wanted, UProperty unwanted) {
    bool any = false;
    for (std::size_t at = 0; at < text.size(); at = next_character(text, at)) {
        auto const character = code(character_at(text, at));
        if (u_hasBinaryProperty(character, unwanted) || u_charType(character) == U_TITLECASE_LETTER) return false;
        any = any || u_hasBinaryProperty(character, wanted);
    }
    return any;
}

}  // namespace

std::size_t length_of(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at = next_character(text, at)) ++count;
    return count;
}

std::size_t next_character(std::string_view text, std::size_t byte) {
    U8_FWD_1(text.data(), byte, text.size());
    return byte;
}

char32_t character_at(std::string_view text, std::size_t byte) {
    auto const* const bytes = reinterpret_cast<std::uint8_t const*>(text.data());
    auto at = static_cast<std::int32_t>(byte);
    UChar32 character = 0;
    U8_NEXT_OR_FFFD(bytes, at, static_cast<std::int32_t>(text.size()), character);
    return static_cast<char32_t>(character);
}

std::size_t offset_of(std::string_view text, std::size_t index) {
    std::size_t at = 0;
    for (; index > 0 && at < text.size(); --index) at = next_character(text, at);
    return at;
}

void append_character(std::string& out, char32_t character) { icu::UnicodeString(code(character)).toUTF8String(out); }

std::optional<char32_t> character_named(std::string const& name) {
    for (auto const kind : {U_UNICODE_CHAR_NAME, U_CHAR_NAME_ALIAS}) {
        UErrorCode error = U_ZERO_ERROR;
        auto const character = u_charFromName(kind, name.c_str(), &error);
        if (U_SUCCESS(error)) return static_cast<char32_t>(character);
    }
    return std::nullopt;
}

std::string upper(std::string_view text) {
    return in_case(text, ascii_upper, static_cast<InLocale>(&icu::UnicodeString::toUpper));
}

std::string lower(std::string_view text) {
    return in_case(text, ascii_lower, static_cast<InLocale>(&icu::UnicodeString::toLower));
}

std::string capitalized(std::string_view text) {
    if (text.empty()) return {};
    auto const first = next_character(text, 0);
    std::string out;
    append_character(out, static_cast<char32_t>(u_totitle(code(character_at(text, 0)))));
    return out + lower(text.substr(first));
}

std::string titled(std::string_view text) {
    std::string out;
    bool inside = false;
    for (std::size_t at = 0; at < text.size(); at = next_character(text, at)) {
        auto const character = code(character_at(text, at));
        append_character(out, static_cast<char32_t>(inside ? u_tolower(character) : u_totitle(character)));
        inside = u_hasBinaryProperty(character, UCHAR_CASED) != 0;
    }
    return out;
}

bool is_space(char32_t c) {
    if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x1f);
    return c == 0x85 || u_isUWhiteSpace(code(c)) != 0;
}

bool is_printable(char32_t c) {
    return c < 0x80 ? c >= 0x20 && c < 0x7f : (U_GET_GC_MASK(code(c)) & (U_GC_C_MASK | U_GC_Z_MASK)) == 0;
}

bool is_upper_text(std::string_view text) { return is_all(text, UCHAR_UPPERCASE, UCHAR_LOWERCASE); }
bool is_lower_text(std::string_view text) { return is_all(text, UCHAR_LOWERCASE, UCHAR_UPPERCASE); }

std::string_view stripped(std::string_view text, Value const& characters, int side) {
    bool const by_space = !characters.is_given();
    if (!by_space && !characters.is_text()) throw Fault("strip arg must be None or str");
    auto const goes = [&](std::size_t at) {
        if (by_space) return is_space(character_at(text, at));
        auto const character = text.substr(at, next_character(text, at) - at);
        return characters.as_text().find(character) != std::string_view::npos;
    };
    if (side <= 0) {
        std::size_t start = 0;
        while (start < text.size() && goes(start)) start = next_character(text, start);
        text.remove_prefix(start);
    }
    if (side >= 0) {
        while (!text.empty()) {
            auto last = static_cast<std::int32_t>(text.size());
            U8_BACK_1(reinterpret_cast<std::uint8_t const*>(text.data()), 0, last);
            if (!goes(static_cast<std::size_t>(last))) break;
            text = text.substr(0, static_cast<std::size_t>(last));
        }
    }
    return text;
}

std::vector<std::string_view> split_lines(std::string_view text) {
    constexpr std::u32string_view ends = U"\n\v\f\r\x1c\x1d\x1e\u0085\u2028\u2029";
    std::vector<std::string_view> lines;
    std::size_t start = 0;
    for (std::size_t at = 0, next = 0; at < text.size(); at = next) {
        next = next_character(text, at);
        if (ends.find(character_at(text, at)) == ends.npos) continue;
        if (text.substr(at, 2) == "\r\n") ++next;
        lines.push_back(text.substr(start, at - start));
        start = next;
    }
    if (start < text.size()) lines.push_back(text.substr(start));
    return lines;
}

std::vector<std::string_view> split_at(std::string_view text, std::string_view separator) {
    std::vector<std::string_view> parts;
    for (auto at = text.find(separator); at != text.npos; at = text.find(separator)) {
        parts.push_back(text.substr(0, at));
        text.remove_prefix(at + separator.size());
    }
    parts.push_back(text);
    return parts;
}

std::size_t end_of_word(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && !is_space(character_at(text, end))) end = next_character(text, end);
    return end;
}

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    for (text = stripped(text, {}, -1); !text.empty(); text = stripped(text, {}, -1)) {
        words.push_back(text.substr(0, end_of_word(text)));
        text.remove_prefix(words.back().size());
    }
    return words;
}

std::string replaced(Budget& budget, std::string_view text, std::string_view old, std::string_view fresh,
                     std::int64_t count) {
    std::string out;
    auto const put = [&](std::string_view piece) {
        budget.spend(piece.size());
        out += piece;
    };
    budget.scan(text.size());
    for (; count != 0; --count) {
        auto const found = text.find(old);
        if (found == text.npos) break;
        put(text.substr(0, found));
        put(fresh);
        text.remove_prefix(found + old.size());
        if (!old.empty()) continue;
        // Python puts the replacement before every character and at the end.
        if (text.empty()) return out;
        auto const next = next_character(text, 0);
        put(text.substr(0, next));
        text.remove_prefix(next);
    }
    put(text);
    return out;
}

std::string joined(std::vector<std::string_view> const& parts, std::string_view separator) {
    std::string out;
    for (auto const& part : parts) {
        if (&part != &parts.front()) out += separator;
        out += part;
    }
    return out;
}

}  // namespace soyuz::jinja
