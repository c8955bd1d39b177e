#include "chat/markup/addresses.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/text.hpp"
#include "chat/markup/line.hpp"

namespace soyuz::chat::markup {

namespace {

UChar32 take_point(std::string_view text, std::size_t& at) {
    UChar32 point = 0;
    auto from = static_cast<std::int32_t>(at);
    U8_NEXT(reinterpret_cast<std::uint8_t const*>(text.data()), from, static_cast<std::int32_t>(text.size()), point);
    at = static_cast<std::size_t>(from);
    return point;
}

bool ends_target(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F || c == '<' || c == '>' || c == '"' || c == '`' || c == '\\';
}

/// The full-width and half-width marks that stand for ASCII's and for those of Chinese and Japanese.
bool is_wide_mark(UChar32 point) {
    constexpr auto marks = U_GC_P_MASK | U_GC_S_MASK;
    return point >= 0xFF01 && point <= 0xFF65 && (U_GET_GC_MASK(point) & marks) != 0;
}

bool is_opening(UChar32 point) { return u_charType(point) == U_START_PUNCTUATION; }
bool is_closing(UChar32 point) { return u_charType(point) == U_END_PUNCTUATION; }

bool ends_address(UChar32 point) {
    if (point < 0x80) return ends_target(static_cast<char>(point));
    auto const kind = u_charType(point);
    if (kind == U_CONTROL_CHAR || kind == U_FORMAT_CHAR || kind == U_INITIAL_PUNCTUATION ||
        kind == U_FINAL_PUNCTUATION || u_isUWhiteSpace(point))
        return true;
    if (u_hasBinaryProperty(point, UCHAR_TERMINAL_PUNCTUATION) || u_hasBinaryProperty(point, UCHAR_QUOTATION_MARK))
        return true;
    return is_wide_mark(point) && !is_opening(point) && !is_closing(point);
}

/// The brackets that an address opened and has not closed yet.
class OpenBrackets {
public:
    void open(UChar32 bracket, std::size_t at) { open_.push_back({bracket, at}); }

    /// Closes the last bracket of this kind; false where none is open.
    bool close(UChar32 bracket) {
        // Unicode puts the two of a pair side by side; between [ and ] stands a backslash.
        auto const found = std::find_if(open_.rbegin(), open_.rend(), [&](auto const& each) {
            return each.bracket == bracket - 1 || (each.bracket == bracket - 2 && !is_opening(bracket - 1));
        });
        if (found == open_.rend()) return false;
        open_.erase(std::next(found).base());
        return true;
    }

    /// The brackets of other scripts that were never closed: they open what comes behind the address.
    void tell_unclosed(std::vector<std::size_t>& unclosed) const {
        for (auto const& each : open_)
            if (each.bracket >= 0x80) unclosed.push_back(each.at);
    }

private:
    struct Open {
        UChar32 bracket;
        std::size_t at;
    };
    std::vector<Open> open_;
};

}  // namespace

std::size_t scheme_length(std::string_view text) {
    auto const start = base::lower_ascii(text.substr(0, 8));
    if (start.starts_with("https://")) return 8;
    return start.starts_with("http://") ? 7 : 0;
}

bool starts_host(std::string_view text) {
    return !text.empty() &&
           (is_alphanumeric(text.front()) || text.front() == '[' || static_cast<unsigned char>(text.front()) >= 0x80);
}

bool starts_target(std::string_view text) {
    return scheme_length(text) != 0 || base::lower_ascii(text.substr(0, 7)) == "mailto:";
}

bool is_safe_target(std::string_view target) {
    if (auto const scheme = scheme_length(target); scheme != 0) return starts_host(target.substr(scheme));
    if (base::lower_ascii(target.substr(0, 7)) != "mailto:") return false;
    auto const address = target.substr(7);
    auto const at = address.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
           address.find('@', at + 1) == std::string_view::npos;
}

std::size_t address_end(Piece line, std::size_t from, std::vector<std::size_t>& unclosed) {
    OpenBrackets brackets;
    std::size_t end = from;
    for (auto next = end; end < line.text.size(); end = next) {
        auto const point = take_point(line.text, next);
        if (line.is_literal(end) || ends_address(point)) break;
        if (is_opening(point) && std::binary_search(unclosed.begin(), unclosed.end(), end)) break;
        if (is_opening(point)) brackets.open(point, end);
        if (is_closing(point) && !brackets.close(point)) break;
    }
    auto const known = unclosed.size();
    brackets.tell_unclosed(unclosed);
    if (unclosed.size() > known) end = unclosed[known];
    static constexpr std::array<std::string_view, 13> trailing{".", ",", ":", ";", "!", "?", "'",
                                                               "*", "_", "~", "|", "…", "‥"};
    while (end > from) {
        auto const url = line.text.substr(from, end - from);
        auto const* const found =
            std::find_if(trailing.begin(), trailing.end(), [&](auto each) { return url.ends_with(each); });
        if (found == trailing.end()) break;
        end -= found->size();
    }
    return end;
}

std::size_t closing_parenthesis(Piece line, std::size_t from) {
    int open = 0;
    for (std::size_t at = from; at < line.text.size(); ++at) {
        if (ends_target(line.text[at]) || line.is_literal(at)) return 0;
        if (line.text[at] == '(') ++open;
        if (line.text[at] == ')' && open-- == 0) return at;
    }
    return 0;
}

}  // namespace soyuz::chat::markup
