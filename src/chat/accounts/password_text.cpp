#include "chat/accounts/password_text.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/text.hpp"

namespace soyuz::chat {

namespace {

bool has_other_width(UChar32 point) {
    auto const kind = u_getIntPropertyValue(point, UCHAR_DECOMPOSITION_TYPE);
    return kind == U_DT_WIDE || kind == U_DT_NARROW;
}

}  // namespace

std::string prepared_password(std::string_view given) {
    if (base::count_code_points(given) == given.size() || !base::is_valid_utf8(given)) return std::string{given};
    UErrorCode status = U_ZERO_ERROR;
    auto const* const compatibility = icu::Normalizer2::getNFKCInstance(status);
    auto const* const canonical = icu::Normalizer2::getNFCInstance(status);
    auto const text = icu::UnicodeString::fromUTF8({given.data(), static_cast<std::int32_t>(given.size())});
    icu::UnicodeString mapped;
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        auto const point = text.char32At(at);
        if (u_charType(point) == U_SPACE_SEPARATOR) {
            mapped.append(u' ');
        } else if (has_other_width(point)) {
            mapped.append(compatibility->normalize(icu::UnicodeString{point}, status));
        } else {
            mapped.append(point);
        }
    }
    std::string prepared;
    canonical->normalize(mapped, status).toUTF8String(prepared);
    return U_SUCCESS(status) ? prepared : std::string{given};
}

}  // namespace soyuz::chat
