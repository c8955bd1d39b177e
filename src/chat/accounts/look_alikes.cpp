#include "chat/accounts/look_alikes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

namespace soyuz::chat {

namespace {

/// Words that only the server and its staff go by, alone or together; in the languages of the pages.
constexpr std::array<std::string_view, 17> reserved_words{
    "owner",   "admin",    "administrator", "mod",   "moderator", "system", "soyuz", "staff", "support",
    "deleted", "official", "ایڈمن",         "نگران", "مالک",      "منتظم",  "سسٹم",  "سویوز"};
/// Words that add nothing to them.
constexpr std::array<std::string_view, 9> empty_words{"the",  "team",    "account", "user", "chat",
                                                      "room", "message", "of",      "your"};

struct CloseChecker {
    void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
};

USpoofChecker const* checker() {
    static std::unique_ptr<USpoofChecker, CloseChecker> const checker = [] {
        UErrorCode status = U_ZERO_ERROR;
        return std::unique_ptr<USpoofChecker, CloseChecker>{uspoof_open(&status)};
    }();
    return checker.get();
}

icu::UnicodeString skeleton_of(icu::UnicodeString const& text) {
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString skeleton;
    uspoof_getSkeletonUnicodeString(checker(), 0, text, skeleton, &status);
    return skeleton;
}

/// Compatibility forms and case folded, what nobody sees taken out.
icu::UnicodeString folded(icu::UnicodeString const& text) {
    UErrorCode status = U_ZERO_ERROR;
    return icu::Normalizer2::getNFKCCasefoldInstance(status)->normalize(text, status);
}

std::string utf8(icu::UnicodeString const& text) {
    std::string bytes;
    text.toUTF8String(bytes);
    return bytes;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// A skeleton goes character by character, and user names are ASCII: those are put together from a table, because a
/// start looks at every account.
std::string ascii_skeleton(std::string_view text) {
    static std::array<std::string, 128> const table = [] {
        std::array<std::string, 128> made;
        for (char16_t c = 0x20; c < 0x7F; ++c) made[c] = utf8(folded(skeleton_of(folded(icu::UnicodeString{c}))));
        return made;
    }();
    std::string skeleton;
    for (char const c : text) skeleton += table[static_cast<unsigned char>(c) & 0x7FU];
    return skeleton;
}

icu::UnicodeString unicode(std::string_view text) {
    return icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
}

/// What a name looks like in lower case.
std::string key_of(std::string_view name) {
    return is_ascii(name) ? ascii_skeleton(name) : utf8(folded(skeleton_of(folded(unicode(name)))));
}

/// What it looks like in the case in which it is written: an upper-case I is an l to the eye.
std::string written_key_of(std::string_view name) { return key_of(utf8(folded(skeleton_of(unicode(name))))); }

/// Its words, without what only decorates them.
std::vector<std::string> words_of(std::string_view name) {
    auto const text = unicode(name);
    std::vector<std::string> words;
    icu::UnicodeString word;
    for (std::int32_t at = 0; at <= text.length(); at = at < text.length() ? text.moveIndex32(at, 1) : at + 1) {
        auto const point = at < text.length() ? text.char32At(at) : U' ';
        auto const kind = U_GET_GC_MASK(point);
        if ((kind & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0) {
            word.append(static_cast<UChar32>(point));
        } else if (!u_hasBinaryProperty(static_cast<UChar32>(point), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) &&
                   !word.isEmpty()) {
            words.push_back(utf8(word));
            word.remove();
        }
    }
    return words;
}

std::string bare_of(std::string_view name) {
    std::string bare;
    for (auto const& word : words_of(name)) bare += word;
    return bare;
}

/// A key where l, I and 1 stand for an i, as in "adm1n": too coarse to tell people's names apart.
std::string coarse(std::string key) {
    std::replace(key.begin(), key.end(), 'l', 'i');
    return key;
}

template <std::size_t count>
bool is_among(std::string_view word, std::array<std::string_view, count> const& list) {
    auto const keys = {coarse(key_of(word)), coarse(written_key_of(word))};
    return std::any_of(list.begin(), list.end(), [&](auto each) {
        return std::find(keys.begin(), keys.end(), coarse(key_of(each))) != keys.end();
    });
}

/// "System", "S y s t e m", "★ Soyuz Support Team ★".
bool is_reserved(std::string_view name) {
    auto const words = words_of(name);
    if (is_among(bare_of(name), reserved_words)) return true;
    bool const all = std::all_of(words.begin(), words.end(), [](auto const& word) {
        return is_among(word, reserved_words) || is_among(word, empty_words);
    });
    return all &&
           std::any_of(words.begin(), words.end(), [](auto const& word) { return is_among(word, reserved_words); });
}

bool is_staff(Role role) { return role >= Role::moderator; }

}  // namespace

void LookAlikes::add(User const& user) {
    if (user.deleted) return;
    usernames_.emplace(key_of(user.username), user.id);
    display_names_.emplace(key_of(user.display_name), user.id);
    if (!is_staff(user.role)) return;
    staff_usernames_.emplace(key_of(bare_of(user.username)), user.id);
    staff_.emplace(key_of(bare_of(user.display_name)), user.id);
}

void LookAlikes::remove(User const& user) {
    auto const drop = [&](Holders& holders, std::string const& key) {
        auto const [first, last] = holders.equal_range(key);
        auto const found = std::find_if(first, last, [&](auto const& holder) { return holder.second == user.id; });
        if (found != last) holders.erase(found);
    };
    drop(usernames_, key_of(user.username));
    drop(display_names_, key_of(user.display_name));
    if (!is_staff(user.role)) return;
    drop(staff_usernames_, key_of(bare_of(user.username)));
    drop(staff_, key_of(bare_of(user.display_name)));
}

bool LookAlikes::is_held_by_another(Holders const& holders, std::string const& key, base::UserId const& id) {
    auto const [first, last] = holders.equal_range(key);
    return std::any_of(first, last, [&](auto const& holder) { return holder.second != id; });
}

std::optional<std::string> LookAlikes::fault_of(std::string_view display_name, base::UserId const& id,
                                                Role role) const {
    for (auto const& key : {key_of(display_name), written_key_of(display_name)})
        if (is_held_by_another(usernames_, key, id)) return "looks like somebody else's user name";
    if (looks_like(staff_, display_name, id)) return "looks like the name of a moderator";
    if (!is_staff(role) && is_reserved(display_name)) return "is reserved for those who run this server";
    return std::nullopt;
}

std::optional<std::string> LookAlikes::fault_of_username(std::string_view username, Role role) const {
    if (looks_like(staff_usernames_, username, {}) || looks_like(staff_, username, {}))
        return "looks like the name of a moderator";
    if (!is_staff(role) && is_reserved(username)) return "is reserved for those who run this server";
    return std::nullopt;
}

bool LookAlikes::looks_like(Holders const& holders, std::string_view name, base::UserId const& id) {
    auto const bare = bare_of(name);
    if (bare.empty()) return false;  // pictures alone name nobody
    return is_held_by_another(holders, key_of(bare), id) || is_held_by_another(holders, written_key_of(bare), id);
}

std::vector<base::UserId> LookAlikes::sharing(std::string_view display_name) const {
    constexpr std::size_t most = 3;
    std::vector<base::UserId> sharing;
    auto const [first, last] = display_names_.equal_range(key_of(display_name));
    for (auto holder = first; holder != last && sharing.size() < most; ++holder) sharing.push_back(holder->second);
    return sharing;
}

}  // namespace soyuz::chat
