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

/// Number of bytes of the character at `byte`, 1 where they are no valid UTF-8.
std::size_t width_at(std::string_view text, std::size_t byte) {
    auto const lead = static_cast<unsigned char>(text[byte]);
    std::size_t const width = lead < 0x80   ? 1
                              : lead < 0xc2 ? 1
                              : lead < 0xe0 ? 2
                              : lead < 0xf0 ? 3
                              : lead < 0xf5 ? 4
                                            : 1;
    if (byte + width > text.size()) return 1;
    for (std::size_t i = 1; i < width; ++i)
        if ((static_cast<unsigned char>(text[byte + i]) & 0xc0) != 0x80) return 1;
    return width;
}

template <class Change>
std::string changed(std::string_view text, Change const& change) {
    auto unicode = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
    change(unicode);
    std::string out;
    return unicode.toUTF8String(out);
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

std::size_t next_character(std::string_view text, std::size_t byte) { return byte + width_at(text, byte); }

char32_t character_at(std::string_view text, std::size_t byte) {
    auto const lead = static_cast<unsigned char>(text[byte]);
    auto const width = width_at(text, byte);
    if (width == 1) return lead;
    char32_t character = lead & (0x7fU >> width);
    for (std::size_t i = 1; i < width; ++i)
        character = (character << 6U) | (static_cast<unsigned char>(text[byte + i]) & 0x3fU);
    return character;
}

std::size_t offset_of(std::string_view text, std::size_t index) {
    std::size_t at = 0;
    while (index > 0 && at < text.size()) {
        at = next_character(text, at);
        --index;
    }
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
    if (!is_ascii(text))
        return changed(text, [](icu::UnicodeString& unicode) { unicode.toUpper(icu::Locale::getRoot()); });
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), ascii_upper);
    return out;
}

std::string lower(std::string_view text) {
    if (!is_ascii(text))
        return changed(text, [](icu::UnicodeString& unicode) { unicode.toLower(icu::Locale::getRoot()); });
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), ascii_lower);
    return out;
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
    if (c < 0x80) return c >= 0x20 && c < 0x7f;
    switch (u_charType(code(c))) {
        case U_CONTROL_CHAR:
        case U_FORMAT_CHAR:
        case U_SURROGATE:
        case U_PRIVATE_USE_CHAR:
        case U_UNASSIGNED:
        case U_LINE_SEPARATOR:
        case U_PARAGRAPH_SEPARATOR:
        case U_SPACE_SEPARATOR: return false;
        default: return true;
    }
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
            std::size_t last = text.size() - 1;
            for (int i = 0; i < 3 && last > 0 && (static_cast<unsigned char>(text[last]) & 0xc0) == 0x80; ++i) --last;
            if (next_character(text, last) != text.size()) last = text.size() - 1;
            if (!goes(last)) break;
            text = text.substr(0, last);
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
