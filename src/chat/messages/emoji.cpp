#include "chat/messages/emoji.hpp"

#include <vector>

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/text.hpp"

namespace soyuz::chat {

namespace {

constexpr UChar32 joiner = 0x200D;
constexpr UChar32 text_style = 0xFE0E;
constexpr UChar32 emoji_style = 0xFE0F;
constexpr UChar32 keycap = 0x20E3;
constexpr std::size_t most_joined = 4;

bool is_rgi_emoji(icu::UnicodeString const& text) {
    return u_stringHasBinaryProperty(text.getBuffer(), text.length(), UCHAR_RGI_EMOJI) != 0;
}

/// A code point that Unicode keeps for emoji and this ICU has no name for yet.
bool is_newer(UChar32 point) {
    return u_charType(point) == U_UNASSIGNED && u_hasBinaryProperty(point, UCHAR_EXTENDED_PICTOGRAPHIC) != 0;
}

bool is_pictograph(UChar32 point) {
    return is_newer(point) || (u_hasBinaryProperty(point, UCHAR_EXTENDED_PICTOGRAPHIC) != 0 &&
                               u_hasBinaryProperty(point, UCHAR_EMOJI) != 0);
}

/// Reads pictographs between joiners, and completes what leaves a variation selector out (UTS #51, ED-9a).
class Completion {
public:
    explicit Completion(icu::UnicodeString const& text) {
        for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1))
            if (auto const point = text.char32At(at); point != text_style) points_.push_back(point);
    }

    /// The completed sequence; empty where it is none.
    icu::UnicodeString read() {
        do {
            if (!read_element()) return {};
        } while (take(joiner));
        return at_ == points_.size() ? whole_ : icu::UnicodeString{};
    }

    std::size_t elements() const { return elements_; }
    bool has_newer() const { return has_newer_; }
    bool is_joined_of_pictographs() const { return elements_ > 1 && elements_ <= most_joined && !has_others_; }

private:
    UChar32 here() const { return at_ < points_.size() ? points_[at_] : 0; }
    bool take(UChar32 point) {
        if (here() != point) return false;
        if (point == joiner) whole_.append(point);
        ++at_;
        return true;
    }

    bool read_element() {
        auto const base = here();
        if (base == 0) return false;
        ++at_;
        ++elements_;
        whole_.append(base);
        bool const had_style = take(emoji_style);
        if (u_hasBinaryProperty(here(), UCHAR_EMOJI_MODIFIER) != 0 &&
            (is_newer(base) || u_hasBinaryProperty(base, UCHAR_EMOJI_MODIFIER_BASE) != 0)) {
            whole_.append(points_[at_++]);
        } else if (is_newer(base) ? had_style : u_hasBinaryProperty(base, UCHAR_EMOJI_PRESENTATION) == 0) {
            if (!is_newer(base)) whole_.append(emoji_style);
        }
        has_newer_ = has_newer_ || is_newer(base);
        if (is_pictograph(base)) return read_tags();
        has_others_ = true;
        if (here() != keycap || !u_hasBinaryProperty(base, UCHAR_EMOJI)) return false;
        whole_.append(points_[at_++]);
        return true;
    }

    bool read_tags() {
        for (; here() >= 0xE0020 && here() <= 0xE007F; ++at_) {
            whole_.append(here());
            has_others_ = true;
        }
        return true;
    }

    std::vector<UChar32> points_;
    std::size_t at_ = 0;
    icu::UnicodeString whole_;
    std::size_t elements_ = 0;
    bool has_newer_ = false;
    bool has_others_ = false;  ///< keycaps and flags
};

/// The flag of Sark, which is newer than ICU 72.
bool is_newer_flag(icu::UnicodeString const& text) { return text == icu::UnicodeString{u"\U0001F1E8\U0001F1F6"}; }

}  // namespace

std::optional<std::string> tidy_emoji(std::string_view text) {
    if (text.empty() || text.size() > 64 || !base::is_valid_utf8(text)) return std::nullopt;
    auto const given = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
    if (is_rgi_emoji(given) || is_newer_flag(given)) return std::string{text};
    Completion completion{given};
    auto const whole = completion.read();
    if (whole.isEmpty()) return std::nullopt;
    bool const is_newer_alone = completion.elements() == 1 && completion.has_newer();
    if (!is_rgi_emoji(whole) && !is_newer_alone && !completion.is_joined_of_pictographs()) return std::nullopt;
    std::string tidy;
    whole.toUTF8String(tidy);
    return tidy;
}

}  // namespace soyuz::chat
