#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace soyuz::base {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

UChar32 next_code_point(std::string_view text, std::int32_t& at) {
    UChar32 c = 0;
    auto const* bytes = reinterpret_cast<std::uint8_t const*>(text.data());
    U8_NEXT(bytes, at, static_cast<std::int32_t>(text.size()), c);
    return c;
}

/// Characters that JSON writes differently within a string (RFC 8259, 7).
constexpr auto is_escaped = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
    table['"'] = table['\\'] = true;
    return table;
}();

}  // namespace

bool is_valid_utf8(std::string_view text) {
    std::int32_t at = 0;
    auto const size = static_cast<std::int32_t>(text.size());
    while (at < size) {
        // ASCII goes eight bytes at a time: most text is nothing else.
        if (size - at >= 8) {
            std::uint64_t eight = 0;
            std::memcpy(&eight, text.data() + at, sizeof eight);
            if ((eight & 0x8080808080808080U) == 0) {
                at += 8;
                continue;
            }
        }
        if (static_cast<unsigned char>(text[static_cast<std::size_t>(at)]) < 0x80) {
            ++at;
            continue;
        }
        if (next_code_point(text, at) < 0) return false;
    }
    return true;
}

std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    return count;
}

std::string fold_case(std::string_view text) {
    std::string folded;
    icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())}).foldCase().toUTF8String(folded);
    return folded;
}

std::string search_key(std::string_view text) {
    if (count_code_points(text) == text.size()) return lower_ascii(text);
    UErrorCode status = U_ZERO_ERROR;
    auto const* const folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
    auto folded =
        folding->normalize(icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())}), status);
    folded.findAndReplace(icu::UnicodeString{u"i\u0307"}, icu::UnicodeString{u"i"});
    folded.findAndReplace(icu::UnicodeString{u"ı"}, icu::UnicodeString{u"i"});
    std::string key;
    folded.toUTF8String(key);
    return U_SUCCESS(status) ? key : fold_case(text);
}

std::vector<std::string> search_words(std::string_view text, std::size_t most) {
    std::vector<std::string> words;
    if (!is_valid_utf8(text)) return words;
    auto const key = search_key(text);
    std::string word;
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(key.size()) && words.size() < most;) {
        auto const from = static_cast<std::size_t>(at);
        bool const is_space = u_isUWhiteSpace(next_code_point(key, at)) != 0;
        if (!is_space) word.append(key, from, static_cast<std::size_t>(at) - from);
        bool const is_last = static_cast<std::size_t>(at) == key.size();
        if (!word.empty() && (is_space || is_last)) words.push_back(std::exchange(word, {}));
    }
    return words;
}

std::string trim(std::string_view text) {
    std::size_t first = text.size();
    std::size_t end = 0;
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(text.size());) {
        auto const from = static_cast<std::size_t>(at);
        if (u_isUWhiteSpace(next_code_point(text, at))) continue;
        first = std::min(first, from);
        end = static_cast<std::size_t>(at);
    }
    return std::string{text.substr(first, end > first ? end - first : 0)};
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const c = static_cast<unsigned char>(text[at]);
        if (!is_escaped[c]) continue;
        out.append(text, from, at - from);
        from = at + 1;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                out += "\\u00";
                out += hex_digits[c >> 4U];
                out += hex_digits[c & 15U];
        }
    }
    out.append(text, from, text.size() - from);
    out += '"';
}

std::string lower_ascii(std::string_view text) {
    std::string lower{text};
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

}  // namespace soyuz::base
