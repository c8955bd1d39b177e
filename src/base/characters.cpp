#include "base/characters.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include "base/text.hpp"

namespace soyuz::base {

namespace {

struct CloseText {
    void operator()(UText* text) const { utext_close(text); }
};

icu::BreakIterator* breaks_of_this_thread() {
    thread_local std::unique_ptr<icu::BreakIterator> const breaks = [] {
        UErrorCode status = U_ZERO_ERROR;
        return std::unique_ptr<icu::BreakIterator>{
            icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status)};
    }();
    return breaks.get();
}

/// The viramas that join consonants of one syllable (InCB=Linker, Unicode 15.1), which ICU 72 parts.
bool links_consonants(UChar32 point) {
    return point == 0x94D || point == 0x9CD || point == 0xACD || point == 0xB4D || point == 0xC4D || point == 0xD4D;
}

/// Walks over the characters of a text.
class Characters {
public:
    explicit Characters(std::string_view text) : text_(text) {
        UErrorCode status = U_ZERO_ERROR;
        source_.reset(utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status));
        breaks_->setText(source_.get(), status);
    }

    /// The end of the next character, or npos behind the last one.
    std::size_t next() {
        auto end = breaks_->next();
        while (end != icu::BreakIterator::DONE && is_within_syllable(static_cast<std::size_t>(end)))
            end = breaks_->next();
        return end == icu::BreakIterator::DONE ? std::string_view::npos : static_cast<std::size_t>(end);
    }

private:
    bool is_within_syllable(std::size_t at) const {
        return at < text_.size() && links_consonants(code_point_before(text_, at)) &&
               u_charType(code_point_at(text_, at)) == U_OTHER_LETTER;
    }

    std::string_view const text_;
    std::unique_ptr<UText, CloseText> source_;
    icu::BreakIterator* const breaks_ = breaks_of_this_thread();
};

std::size_t bytes_of(std::string_view text) { return text.size(); }

std::size_t units_of(std::string_view text) {
    std::size_t count = 0;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        count += (byte & 0xC0U) != 0x80U;
        count += byte >= 0xF0U;
    }
    return count;
}

std::string_view cut(std::string_view text, std::size_t most, std::size_t (*measure)(std::string_view)) {
    // A text never has more units than bytes.
    if (text.size() <= most) return text;
    Characters characters{text};
    std::size_t size = 0;
    std::size_t fitting = 0;
    for (auto end = characters.next(); end != std::string_view::npos; end = characters.next()) {
        size += measure(text.substr(fitting, end - fitting));
        if (size > most) break;
        fitting = end;
    }
    if (fitting > 0) return text.substr(0, fitting);
    for (size = 0; fitting < text.size();) {
        auto next = fitting + 1;
        while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U) ++next;
        size += measure(text.substr(fitting, next - fitting));
        if (size > most) break;
        fitting = next;
    }
    return text.substr(0, fitting);
}

}  // namespace

std::int32_t code_point_at(std::string_view text, std::size_t at) {
    UChar32 point = 0;
    auto from = static_cast<std::int32_t>(at);
    U8_NEXT(reinterpret_cast<std::uint8_t const*>(text.data()), from, static_cast<std::int32_t>(text.size()), point);
    return point;
}

std::int32_t code_point_before(std::string_view text, std::size_t at) {
    UChar32 point = 0;
    auto from = static_cast<std::int32_t>(at);
    U8_PREV(reinterpret_cast<std::uint8_t const*>(text.data()), 0, from, point);
    return point;
}

std::string cut_text(std::string_view text, std::size_t most) {
    return is_valid_utf8(text) ? std::string{cut(text, most, bytes_of)} : std::string{};
}

std::string_view cut_units(std::string_view text, std::size_t most) { return cut(text, most, units_of); }

std::string cut_file_name(std::string_view name, std::size_t most) {
    constexpr std::size_t longest_ending = 16;
    if (name.size() <= most) return std::string{name};
    auto dot = name.rfind('.');
    if (dot != name.npos && name.substr(0, dot).ends_with(".tar")) dot -= 4;
    bool const has_ending = dot != name.npos && dot > 0 && name.size() - dot <= std::min(longest_ending, most / 2);
    auto const ending = has_ending ? name.substr(dot) : std::string_view{};
    return trim(cut_text(name.substr(0, name.size() - ending.size()), most - ending.size())).append(ending);
}

std::string_view first_character(std::string_view text) {
    if (text.empty()) return text;
    return text.substr(0, Characters{text}.next());
}

}  // namespace soyuz::base
