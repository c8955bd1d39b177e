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

std::vector<std::string_view> characters_of(std::string_view text) {
    std::vector<std::string_view> characters;
    characters.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        auto const next = next_character(text, at);
        characters.push_back(text.substr(at, next - at));
        at = next;
    }
    return characters;
}

void append_character(std::string& out, char32_t character) { icu::UnicodeString(code(character)).toUTF8String(out); }

std::optional<char32_t> character_named(std::string const& name) {
    UErrorCode error = U_ZERO_ERROR;
    auto const character = u_charFromName(U_UNICODE_CHAR_NAME, name.c_str(), &error);
    if (U_SUCCESS(error)) return static_cast<char32_t>(character);
    error = U_ZERO_ERROR;
    auto const alias = u_charFromName(U_CHAR_NAME_ALIAS, name.c_str(), &error);
    return U_FAILURE(error) ? std::nullopt : std::optional{static_cast<char32_t>(alias)};
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

bool is_word(char32_t c) {
    if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    return u_isalnum(code(c)) != 0 || u_charType(code(c)) == U_LETTER_NUMBER || u_charType(code(c)) == U_OTHER_NUMBER;
}

bool is_digit(char32_t c) { return c < 0x80 ? c >= '0' && c <= '9' : u_isdigit(code(c)) != 0; }

bool is_printable(char32_t c) {
    return c < 0x80 ? c >= 0x20 && c < 0x7f : (U_GET_GC_MASK(code(c)) & (U_GC_C_MASK | U_GC_Z_MASK)) == 0;
}

namespace {

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

bool is_upper_text(std::string_view text) { return is_all(text, UCHAR_UPPERCASE, UCHAR_LOWERCASE); }
bool is_lower_text(std::string_view text) { return is_all(text, UCHAR_LOWERCASE, UCHAR_UPPERCASE); }

std::string_view stripped(std::string_view text, Value const& characters, int side) {
    bool const by_space = characters.is_missing() || characters.is_none();
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
    std::vector<std::string_view> lines;
    std::size_t start = 0;
    for (std::size_t at = 0; at < text.size();) {
        char32_t const c = character_at(text, at);
        auto next = next_character(text, at);
        bool const is_end = (c >= 10 && c <= 13) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
        if (is_end) {
            if (c == '\r' && next < text.size() && text[next] == '\n') ++next;
            lines.push_back(text.substr(start, at - start));
            start = next;
        }
        at = next;
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

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    std::size_t start = std::string_view::npos;
    for (std::size_t at = 0; at < text.size(); at = next_character(text, at)) {
        if (!is_space(character_at(text, at))) {
            if (start == std::string_view::npos) start = at;
        } else if (start != std::string_view::npos) {
            words.push_back(text.substr(start, at - start));
            start = std::string_view::npos;
        }
    }
    if (start != std::string_view::npos) words.push_back(text.substr(start));
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
    std::size_t at = 0;
    if (old.empty()) {
        // Python puts the replacement before every character and at the end.
        while (count != 0) {
            put(fresh);
            --count;
            if (at >= text.size()) return out;
            auto const next = next_character(text, at);
            put(text.substr(at, next - at));
            at = next;
        }
    } else {
        while (count != 0) {
            auto const found = text.find(old, at);
            if (found == std::string_view::npos) break;
            put(text.substr(at, found - at));
            put(fresh);
            at = found + old.size();
            --count;
        }
    }
    put(text.substr(at));
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
