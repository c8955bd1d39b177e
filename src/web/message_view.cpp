#include "web/message_view.hpp"

#include <cstdint>
#include <vector>

#include <nlohmann/json.hpp>
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include "base/text.hpp"
#include "chat/accounts.hpp"
#include "chat/shapes.hpp"
#include "web/markdown.hpp"

namespace soyuz::web {

using Json = nlohmann::json;

namespace {

/// Messages of one author within this time stand together under one head.
constexpr auto grouping = std::chrono::minutes{5};
constexpr std::size_t quoted_bytes = 160;

std::string_view first_character(std::string_view word) {
    std::size_t end = 1;
    while (end < word.size() && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80U) ++end;
    return word.substr(0, end);
}

std::string cut(std::string const& text) {
    if (text.size() <= quoted_bytes) return text;
    std::size_t end = quoted_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end) + "…";
}

Json sender_view(chat::User const& user) {
    Json json{{"id", user.id.value},
              {"username", user.username},
              {"display_name", user.display_name},
              {"role", std::string{chat::name(user.role)}},
              {"avatar_url", nullptr}};
    if (!user.avatar.empty()) json["avatar_url"] = "/uploads/" + user.avatar;
    return json;
}

}  // namespace

std::string initials(std::string_view name) {
    std::vector<std::string_view> words;
    while (!name.empty()) {
        auto const end = name.find_first_of(" \t_.-");
        if (end != 0) words.push_back(name.substr(0, end));
        name = end == std::string_view::npos ? std::string_view{} : name.substr(end + 1);
    }
    if (words.empty()) return "?";
    std::string text{first_character(words.front())};
    if (words.size() > 1) text += first_character(words.back());
    std::string upper;
    icu::UnicodeString::fromUTF8(text).toUpper(icu::Locale::getEnglish()).toUTF8String(upper);
    return upper;
}

unsigned hue(std::string_view username) {
    std::uint32_t hash = 0x811C9DC5U;
    for (char c : base::lower_ascii(username)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
    return hash % 12;
}

Json person_view(chat::User const& user, bool online) {
    auto json = chat::user_json(user, online);
    json["initials"] = initials(user.display_name);
    json["hue"] = hue(user.username);
    return json;
}

std::string day_of(base::Timestamp time) { return base::to_rfc3339(time).substr(0, 10); }
std::string time_of(base::Timestamp time) { return base::to_rfc3339(time).substr(11, 5); }

Json message_view(chat::Message const& message, chat::Message const* previous, chat::Message const* replied,
                  chat::User const& reader, chat::Accounts const& accounts) {
    auto const at = base::to_rfc3339(message.sent_at);
    auto const day = at.substr(0, 10);
    bool const is_new_day = previous == nullptr || day_of(previous->sent_at) != day;
    auto const& sender = *message.sender;

    Json view{{"id", base::to_string(message.id)},
              {"seq", message.id.seq},
              {"sender", sender_view(sender)},
              {"text", message.text},
              {"html", message.deleted ? std::string{} : markdown_html(message.text)},
              {"sent_at", at},
              {"time_text", at.substr(11, 5)},
              {"day", day},
              {"day_text", day},
              {"new_day", is_new_day},
              {"grouped", !is_new_day && previous->sender->id == sender.id && message.reply_to == 0 &&
                              message.sent_at - previous->sent_at < grouping},
              {"own", sender.id == reader.id},
              {"initials", initials(sender.display_name)},
              {"hue", hue(sender.username)},
              {"deleted", message.deleted},
              {"by_staff", message.removed_by_staff},
              {"moderation", chat::verdict_json(message.verdict)}};
    if (message.edited_at) view["edited_at"] = base::to_rfc3339(*message.edited_at);
    if (message.reply_to != 0) view["reply_to"] = message.reply_to;
    if (replied != nullptr)
        view["reply"] = {
            {"seq", replied->id.seq}, {"sender", sender_view(*replied->sender)}, {"text", cut(replied->text)}};

    auto reactions = Json::object();
    for (auto const& [emoji, users] : message.reactions) {
        auto& names = reactions[emoji] = Json::array();
        for (auto const& id : users)
            if (auto const user = accounts.find(id)) names.push_back(user->username);
    }
    view["reactions"] = std::move(reactions);
    auto attachments = Json::array();
    for (auto const& each : message.attachments)
        attachments.push_back(
            {{"url", "/uploads/" + each.file}, {"name", each.name}, {"type", each.type}, {"bytes", each.bytes}});
    view["attachments"] = std::move(attachments);
    return view;
}

}  // namespace soyuz::web
