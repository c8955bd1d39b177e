#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "chat/markup/addresses.hpp"

namespace soyuz::chat::markup {

namespace {

/// What names of files end in that no domain does.
constexpr std::u16string_view file_endings =
    u" 7z apk avi bat bmp bz2 c class cfg conf cpp css csv deb dll doc docx eps exe flac gif go gz h heic hpp htm html "
    u"ico ini ipynb iso jar java jpeg jpg js json jsx kt lock log lua m4a mkv mp3 mp4 mpeg odp ods odt ogg pdf php png "
    u"ppt pptx psd rar rb rpm rtf sql svg swift tar tex tif tiff toml ts tsv tsx ttf txt vue wasm wav webm webp woff xls "
    u"xlsx xml xz yaml yml ";

/// As it is read: compatibility forms, case, what nobody sees, and the look-alikes of the marks of an address.
icu::UnicodeString as_read(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    auto const given = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
    auto read = icu::Normalizer2::getNFKCCasefoldInstance(status)->normalize(given, status);
    for (std::int32_t at = 0; at < read.length(); ++at) {
        switch (read[at]) {
            case u'\u2044':
            case u'\u2215':
            case u'\u29F8':
            case u'\u2571':
            case u'\u27CB': read.setCharAt(at, u'/'); break;
            case u'\u3002':
            case u'\u0701':
            case u'\u0702':
            case u'\u2024': read.setCharAt(at, u'.'); break;
            case u'\uA789':
            case u'\u2236':
            case u'\u02D0':
            case u'\u0589': read.setCharAt(at, u':'); break;
            default: break;
        }
    }
    return read.trim();
}

bool belongs_to_host(UChar32 point) {
    return u_isalnum(point) || (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0 || point == '.' || point == '-' ||
           point == '_';
}

/// Is it a name with an ending as domains have, or four numbers? README.md is taken for one: md is a country's.
bool is_host(icu::UnicodeString const& name) {
    auto const dot = name.lastIndexOf(u'.');
    if (dot < 1) return false;
    icu::UnicodeString const ending{name, dot + 1};
    if (ending.startsWith(u"xn--")) return true;
    bool has_letters_only = true;
    bool has_digits_only = true;
    for (std::int32_t at = 0; at < ending.length(); at = ending.moveIndex32(at, 1)) {
        auto const point = ending.char32At(at);
        has_letters_only = has_letters_only && (u_isalpha(point) || (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0);
        has_digits_only = has_digits_only && u_isdigit(point);
    }
    if (has_digits_only)
        return std::count(name.getBuffer(), name.getBuffer() + name.length(), u'.') == 3 &&
               std::all_of(name.getBuffer(), name.getBuffer() + name.length(),
                           [](char16_t c) { return c == u'.' || (c >= u'0' && c <= u'9'); });
    if (!has_letters_only || ending.countChar32() < 2) return false;
    auto const listed = u" " + std::u16string{ending.getBuffer(), static_cast<std::size_t>(ending.length())} + u" ";
    return file_endings.find(listed) == std::u16string_view::npos;
}

void drop_start(icu::UnicodeString& text, icu::UnicodeString const& start) {
    if (text.startsWith(start)) text.remove(0, start.length());
}

/// Without its scheme, "www." and the slash at its end.
icu::UnicodeString bare(icu::UnicodeString address) {
    for (auto const* start : {u"https://", u"http://", u"mailto:", u"www."}) drop_start(address, start);
    while (address.endsWith(u"/")) address.truncate(address.length() - 1);
    return address;
}

icu::UnicodeString host_of(icu::UnicodeString target) {
    bool const is_mail = target.startsWith(u"mailto:");
    target = bare(std::move(target));
    for (char16_t const end : {u'/', u'?', u'#'})
        if (auto const at = target.indexOf(end); at >= 0) target.truncate(at);
    if (auto const at = target.lastIndexOf(u'@'); at >= 0) target.remove(0, at + 1);
    auto const colon = target.lastIndexOf(u':');
    if (!is_mail && colon > target.lastIndexOf(u']')) target.truncate(colon);
    drop_start(target, u"www.");
    while (target.endsWith(u".")) target.truncate(target.length() - 1);
    return target;
}

}  // namespace

bool names_another_address(std::string_view shown, std::string_view target) {
    auto const label = as_read(shown);
    auto const place = as_read(target);
    if (bare(label) == bare(place)) return false;
    if (label.indexOf(u"://") >= 0) return true;
    auto const host = host_of(place);
    for (std::int32_t at = 0; at < label.length();) {
        auto end = at;
        while (end < label.length() && belongs_to_host(label.char32At(end))) end = label.moveIndex32(end, 1);
        icu::UnicodeString name{label, at, end - at};
        while (name.startsWith(u".")) name.remove(0, 1);
        while (name.endsWith(u".")) name.truncate(name.length() - 1);
        bool const has_path = end < label.length() && label[end] == u'/';
        if (is_host(name) || name.startsWith(u"www.")) {
            drop_start(name, u"www.");
            if (has_path || name != host) return true;
        }
        at = end < label.length() ? label.moveIndex32(end, 1) : end;
    }
    return false;
}

}  // namespace soyuz::chat::markup
