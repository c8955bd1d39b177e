#include "web/pages/message_view.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include "base/characters.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "chat/accounts/accounts.hpp"
#include "contract/shapes.hpp"
#include "web/pages/markdown.hpp"

namespace soyuz::web {

using Json = nlohmann::json;

namespace {

/// Messages of one author within this time stand together under one head.
constexpr auto grouping = std::chrono::minutes{5};
constexpr std::size_t quoted_units = 160;  // of UTF-16, as the page counts

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string cut(std::string_view text) {
    auto const beginning = base::cut_units(text, quoted_units);
    return std::string{beginning} + (beginning.size() < text.size() ? "…" : "");
}

/// The words of a name: what white space, dots, dashes and underscores part.
std::vector<std::string_view> words_of(std::string_view name) {
    std::vector<std::string_view> words;
    std::size_t begin = 0;
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(name.size());) {
        auto const from = static_cast<std::size_t>(at);
        UChar32 point = 0;
        U8_NEXT(reinterpret_cast<std::uint8_t const*>(name.data()), at, static_cast<std::int32_t>(name.size()), point);
        if (point != '_' && point != '.' && point != '-' && !u_isUWhiteSpace(point)) continue;
        if (from > begin) words.push_back(name.substr(begin, from - begin));
        begin = static_cast<std::size_t>(at);
    }
    if (begin < name.size()) words.push_back(name.substr(begin));
    return words;
}

/// Puts members into an object in ascending order: no search, and none of the copies of an initialiser list. A page
/// makes some eight hundred of them.
class Members {
public:
    template <class Value>
    Members& add(char const* name, Value&& value) {
        object_.emplace_hint(object_.end(), name, std::forward<Value>(value));
        return *this;
    }
    Json take() { return Json(std::move(object_)); }

private:
    Json::object_t object_;
};

Json sender_view(chat::User const& user) {
    return Members{}
        .add("avatar_url", contract::avatar_url(user))
        .add("display_name", user.display_name)
        .add("id", user.id.value)
        .add("role", chat::name(user.role))
        .add("shares_name", user.shares_name)
        .add("username", user.username)
        .take();
}

/// What pictures are shown in: the page's script has the same bounds (browser/src/chat/messages/attachments.ts).
constexpr double widest_picture = 360;
constexpr double highest_picture = 320;

/// "1.2 MB", in steps of 1000 as disks are sold.
std::string size_text(std::size_t bytes) {
    if (bytes < 1000) return std::to_string(bytes) + " B";
    auto value = static_cast<double>(bytes) / 1000;
    bool const is_mega = value >= 999.5;
    if (is_mega) value /= 1000;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), value >= 9.95 ? "%.0f %s" : "%.1f %s", value, is_mega ? "MB" : "kB");
    return text.data();
}

/// "PDF" of "notes.pdf"; "" where the name ends in nothing short.
std::string ending_text(std::string_view name) {
    auto const dot = name.rfind('.');
    if (dot == std::string_view::npos || name.size() - dot - 1 > 5 || !is_ascii(name.substr(dot))) return "";
    std::string ending{name.substr(dot + 1)};
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return ending;
}

std::string kind_of(std::string_view type) {
    for (auto const* picture : {"image/png", "image/jpeg", "image/webp", "image/gif"})
        if (type == picture) return "picture";
    if (type.starts_with("audio/")) return "sound";
    return type == "video/webm" || type == "video/mp4" ? "film" : "file";
}

Json attachments_view(chat::Message const& message) {
    auto list = Json::array();
    for (auto const& each : message.attachments) {
        auto const width = static_cast<double>(each.width);
        auto const height = static_cast<double>(each.height);
        auto const scale = each.width == 0 ? 0 : std::min({1.0, widest_picture / width, highest_picture / height});
        list.push_back(Members{}
                           .add("alt", each.alt)
                           .add("bytes", each.bytes)
                           .add("ending", ending_text(each.name))
                           .add("height", each.height)
                           .add("kind", kind_of(each.type))
                           .add("name", each.name)
                           .add("shown_height", std::lround(height * scale))
                           .add("shown_width", std::lround(width * scale))
                           .add("size_text", size_text(each.bytes))
                           .add("type", each.type)
                           .add("url", contract::upload_url(each.file))
                           .add("width", each.width)
                           .take());
    }
    return list;
}

Json reactions_view(chat::Message const& message, chat::Accounts const& accounts) {
    auto reactions = Json::object();
    for (auto const& [emoji, users] : message.reactions) {
        auto& names = reactions[emoji] = Json::array();
        for (auto const& id : users)
            if (auto const user = accounts.find(id); user && !user->deleted) names.push_back(user->username);
    }
    return reactions;
}

}  // namespace

std::string initials(std::string_view name) {
    auto const words = words_of(name);
    if (words.empty()) return "?";
    std::string text{base::first_character(words.front())};
    if (words.size() > 1) text += base::first_character(words.back());
    std::string upper;
    if (is_ascii(text)) {
        for (char c : text) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return upper;
    }
    icu::UnicodeString::fromUTF8(text).toUpper(icu::Locale::getEnglish()).toUTF8String(upper);
    return upper;
}

unsigned hue(std::string_view username) {
    std::uint32_t hash = 0x811C9DC5U;
    for (char c : base::lower_ascii(username)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
    return hash % 12;
}

Json person_view(chat::User const& user, bool online) {
    auto json = contract::user_json(user, online);
    json["initials"] = initials(user.display_name);
    json["hue"] = hue(user.username);
    return json;
}

bool begins_day(chat::Message const& message, chat::Message const* previous) {
    using std::chrono::days;
    return previous == nullptr ||
           std::chrono::floor<days>(previous->sent_at) != std::chrono::floor<days>(message.sent_at);
}

bool is_grouped(chat::Message const& message, chat::Message const* previous) {
    return !begins_day(message, previous) && previous->sender->id == message.sender->id && message.reply_to == 0 &&
           message.sent_at - previous->sent_at < grouping;
}

namespace {

constexpr std::size_t most_emoji_units = 24;  // of UTF-16, as the page counts

/// Emoji alone are shown large; the page's script has the same rule (browser/src/chat/messages/message_row.ts).
bool is_emoji_alone(std::string const& text) {
    // What begins with a letter, as nearly all do, is none.
    if (text.empty() || static_cast<unsigned char>(text.front()) < 0x80 || text.size() > 4 * most_emoji_units)
        return false;
    auto const units = icu::UnicodeString::fromUTF8(text);
    if (static_cast<std::size_t>(units.length()) > most_emoji_units) return false;
    for (std::int32_t at = 0; at < units.length(); at = units.moveIndex32(at, 1)) {
        auto const point = units.char32At(at);
        bool const joins = point == 0x200D || point == 0xFE0F || (point >= 0xE0020 && point <= 0xE007F);
        if (!joins && !u_isUWhiteSpace(point) && !u_hasBinaryProperty(point, UCHAR_EXTENDED_PICTOGRAPHIC) &&
            !u_hasBinaryProperty(point, UCHAR_EMOJI_MODIFIER) && !u_hasBinaryProperty(point, UCHAR_REGIONAL_INDICATOR))
            return false;
    }
    return true;
}

/// Between two people, what may hurt opens on request.
bool is_veiled(chat::Message const& message, chat::User const& reader, bool is_direct) {
    return is_direct && !message.deleted && message.verdict.action == judge::Action::flag &&
           message.sender->id != reader.id;
}

}  // namespace

std::string row_key(std::string_view language, chat::Message const& message, chat::Message const* previous,
                    chat::Message const* replied, chat::User const& reader, chat::Accounts const& accounts,
                    bool is_direct) {
    std::string key;
    key.reserve(message.text.size() + 160);
    // Each text with its length before it, so that no two lists of texts make the same key.
    auto const add_number = [&](auto number) { key.append(reinterpret_cast<char const*>(&number), sizeof number); };
    auto const add = [&](std::string_view text) {
        add_number(text.size());
        key += text;
    };
    auto const& sender = *message.sender;
    add(language);
    add(message.id.room.value);
    add_number(message.id.seq);
    add_number(message.sent_at.time_since_epoch().count());
    add_number(message.edited_at ? message.edited_at->time_since_epoch().count() : 0);
    for (bool const fact :
         {is_grouped(message, previous), sender.id == reader.id, message.deleted, message.removed_by_staff,
          replied != nullptr, message.edited_at.has_value(), sender.shares_name, is_veiled(message, reader, is_direct)})
        key += fact ? '1' : '0';
    add(chat::name(sender.role));
    add(judge::name(message.verdict.action));
    add(message.verdict.case_id);
    add_number(message.verdict.reasons.size());
    for (auto const& reason : message.verdict.reasons) add(reason);
    add(sender.username);
    add(sender.display_name);
    add(sender.avatar);
    add(message.text);
    if (replied != nullptr) {
        add(replied->sender->display_name);
        add(cut(replied->text));
    }
    add_number(message.attachments.size());
    for (auto const& attachment : message.attachments) {
        for (auto const* text : {&attachment.file, &attachment.name, &attachment.type, &attachment.alt}) add(*text);
    }
    if (message.reactions.empty()) return key;
    // Whose own reactions are marked.
    add(reader.username);
    add(base::to_text(reactions_view(message, accounts)));
    return key;
}

std::string day_of(base::Timestamp time) { return base::to_rfc3339(time).substr(0, 10); }

Json message_view(chat::Message const& message, chat::Message const* previous, chat::Message const* replied,
                  chat::User const& reader, chat::Accounts const& accounts, bool is_direct) {
    auto const at = base::to_rfc3339(message.sent_at);
    auto const day = at.substr(0, 10);
    auto const& sender = *message.sender;
    auto reply = Json{};
    if (replied != nullptr) {
        reply = Members{}
                    .add("sender", sender_view(*replied->sender))
                    .add("seq", replied->id.seq)
                    .add("text", cut(replied->text))
                    .take();
    }
    return Members{}
        .add("attachments", attachments_view(message))
        .add("big", !message.deleted && is_emoji_alone(message.text))
        .add("by_staff", message.removed_by_staff)
        .add("day", day)
        .add("day_text", day)
        .add("deleted", message.deleted)
        .add("edited_at", message.edited_at ? Json(base::to_rfc3339(*message.edited_at)) : Json{})
        .add("grouped", is_grouped(message, previous))
        .add("html", message.deleted ? std::string{} : markdown_html(message.text))
        .add("hue", hue(sender.username))
        .add("id", base::to_string(message.id))
        .add("initials", initials(sender.display_name))
        .add("moderation", Members{}.add("action", judge::name(message.verdict.action)).take())
        .add("new_day", begins_day(message, previous))
        .add("own", sender.id == reader.id)
        .add("reactions", reactions_view(message, accounts))
        .add("reply", std::move(reply))
        .add("reply_to", message.reply_to != 0 ? Json(message.reply_to) : Json{})
        .add("sender", sender_view(sender))
        .add("sent_at", at)
        .add("seq", message.id.seq)
        .add("text", message.text)
        .add("time_text", at.substr(11, 5))
        .add("veiled", is_veiled(message, reader, is_direct))
        .take();
}

}  // namespace soyuz::web
