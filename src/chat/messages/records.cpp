#include "chat/messages/records.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_members.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "chat/accounts/accounts.hpp"

namespace soyuz::chat {

namespace {

using base::append_json_string;
using base::Json;
using judge::Action;
using judge::Severity;

template <class List, class Append>
void append_list(std::string& out, List const& list, Append append) {
    out += '[';
    bool first = true;
    for (auto const& item : list) {
        if (!first) out += ',';
        first = false;
        append(item);
    }
    out += ']';
}

void append_attachment(std::string& out, Attachment const& attachment) {
    out += "{\"file\":";
    append_json_string(out, attachment.file);
    out += ",\"name\":";
    append_json_string(out, attachment.name);
    out += ",\"type\":";
    append_json_string(out, attachment.type);
    out += ",\"bytes\":" + std::to_string(attachment.bytes);
    if (attachment.width != 0)
        out += ",\"width\":" + std::to_string(attachment.width) + ",\"height\":" + std::to_string(attachment.height);
    if (!attachment.alt.empty()) {
        out += ",\"alt\":";
        append_json_string(out, attachment.alt);
    }
    out += '}';
}

void append_verdict(std::string& out, judge::Verdict const& verdict) {
    out.append("{\"action\":\"").append(name(verdict.action));
    out.append("\",\"severity\":\"").append(name(verdict.severity)).append("\",\"score\":");
    base::append_fraction(out, verdict.score);
    out += ",\"probability\":";
    base::append_fraction(out, verdict.probability);
    out += ",\"reasons\":";
    append_list(out, verdict.reasons, [&](auto const& reason) { append_json_string(out, reason); });
    if (!verdict.language.empty()) {
        out += ",\"language\":";
        append_json_string(out, verdict.language);
    }
    if (!verdict.case_id.empty()) {
        out += ",\"case\":";
        append_json_string(out, verdict.case_id);
    }
    out += '}';
}

template <class Enumeration>
Enumeration parse_name(std::string const& text, std::initializer_list<Enumeration> all) {
    for (auto value : all) {
        if (name(value) == text) return value;
    }
    return *all.begin();
}

judge::Verdict parse_verdict(Json const& json) {
    judge::Verdict verdict;
    if (!json.is_object()) return verdict;
    base::Members const fields{json};
    verdict.action = parse_name(fields.text("action"), {Action::allow, Action::warn, Action::flag, Action::block});
    verdict.severity =
        parse_name(fields.text("severity"), {Severity::none, Severity::low, Severity::medium, Severity::high});
    verdict.score = fields.fraction("score");
    verdict.probability = fields.fraction("probability");
    verdict.reasons = fields.texts("reasons");
    verdict.language = fields.text("language");
    verdict.case_id = fields.text("case");
    return verdict;
}

std::vector<Attachment> parse_attachments(Json const* json) {
    std::vector<Attachment> list;
    if (json == nullptr || !json->is_array()) return list;
    for (auto const& item : *json) {
        if (!item.is_object()) continue;
        base::Members const fields{item};
        list.push_back({fields.text("file"), fields.text("name"), fields.text("type"), fields.number("bytes"),
                        fields.number("width"), fields.number("height"), fields.text("alt")});
    }
    return list;
}

std::vector<std::string> read_strings(base::JsonReader& reader) {
    std::vector<std::string> list;
    reader.expect("[");
    while (reader.ok() && !reader.skip("]")) {
        if (!list.empty()) reader.expect(",");
        list.push_back(reader.string());
    }
    return list;
}

judge::Verdict read_verdict(base::JsonReader& reader) {
    judge::Verdict verdict;
    reader.expect("{\"action\":");
    verdict.action = parse_name(reader.string(), {Action::allow, Action::warn, Action::flag, Action::block});
    reader.expect(",\"severity\":");
    verdict.severity = parse_name(reader.string(), {Severity::none, Severity::low, Severity::medium, Severity::high});
    reader.expect(",\"score\":");
    verdict.score = reader.fraction();
    reader.expect(",\"probability\":");
    verdict.probability = reader.fraction();
    reader.expect(",\"reasons\":");
    verdict.reasons = read_strings(reader);
    if (reader.skip(",\"language\":")) verdict.language = reader.string();
    if (reader.skip(",\"case\":")) verdict.case_id = reader.string();
    reader.expect("}");
    return verdict;
}

void read_reactions(base::JsonReader& reader, Message& message) {
    reader.expect("{");
    while (reader.ok() && !reader.skip("}")) {
        if (!message.reactions.empty()) reader.expect(",");
        auto emoji = reader.string();
        reader.expect(":");
        auto& users = message.reactions[std::move(emoji)];
        for (auto& user : read_strings(reader)) users.emplace_back(std::move(user));
    }
}

std::vector<Attachment> read_attachments(base::JsonReader& reader) {
    std::vector<Attachment> list;
    reader.expect("[");
    while (reader.ok() && !reader.skip("]")) {
        if (!list.empty()) reader.expect(",");
        auto& attachment = list.emplace_back();
        reader.expect("{\"file\":");
        attachment.file = reader.string();
        reader.expect(",\"name\":");
        attachment.name = reader.string();
        reader.expect(",\"type\":");
        attachment.type = reader.string();
        reader.expect(",\"bytes\":");
        attachment.bytes = reader.number();
        if (reader.skip(",\"width\":")) {
            attachment.width = reader.number();
            reader.expect(",\"height\":");
            attachment.height = reader.number();
        }
        if (reader.skip(",\"alt\":")) attachment.alt = reader.string();
        reader.expect("}");
    }
    return list;
}

/// Reads what `append_body` wrote, in its order; false for anything else, which the general way reads.
bool read_own_body(std::string_view body, Message& message, std::string& sender) {
    base::JsonReader reader{body};
    reader.expect("{\"sender\":");
    sender = reader.string();
    reader.expect(",\"sent_at\":");
    message.sent_at = base::parse_rfc3339(reader.string()).value_or(base::Timestamp{});
    if (reader.skip(",\"client_id\":")) message.client_id = reader.string();
    reader.expect(",\"text\":");
    message.text = reader.string();
    if (reader.skip(",\"written_at\":")) message.written_at = base::parse_rfc3339(reader.string());
    if (reader.skip(",\"edited_at\":")) message.edited_at = base::parse_rfc3339(reader.string());
    message.deleted = reader.skip(",\"deleted\":true");
    message.removed_by_staff = reader.skip(",\"removed_by_staff\":true");
    if (reader.skip(",\"reply_to\":")) message.reply_to = reader.number();
    if (reader.skip(",\"mentions\":")) message.mentions = read_strings(reader);
    if (reader.skip(",\"attachments\":")) message.attachments = read_attachments(reader);
    if (reader.skip(",\"link\":")) message.link = reader.string();
    if (reader.skip(",\"reactions\":")) read_reactions(reader, message);
    if (reader.skip(",\"moderation\":")) message.verdict = read_verdict(reader);
    reader.expect("}");
    return reader.ok() && reader.at_end();
}

/// The text after `key` up to the next quote. Our bodies escape every quote within a text, so the key can't be met
/// inside one; a value that has escapes itself is given up.
std::string_view plain_value(std::string_view body, std::string_view key) {
    auto const at = body.find(key);
    if (at == std::string_view::npos) return {};
    auto const from = at + key.size();
    auto const end = body.find('"', from);
    if (end == std::string_view::npos) return {};
    auto const value = body.substr(from, end - from);
    return value.find('\\') == std::string_view::npos ? value : std::string_view{};
}

}  // namespace

void append_body(std::string& out, Message const& message) {
    out.reserve(out.size() + message.text.size() + 160);
    out += "{\"sender\":";
    append_json_string(out, message.sender->id.value);
    out += ",\"sent_at\":\"";
    base::append_rfc3339(out, message.sent_at);
    out += '"';
    if (!message.client_id.empty()) {
        out += ",\"client_id\":";
        append_json_string(out, message.client_id);
    }
    out += ",\"text\":";
    append_json_string(out, message.text);
    if (message.written_at) {
        out += ",\"written_at\":\"";
        base::append_rfc3339(out, *message.written_at);
        out += '"';
    }
    if (message.edited_at) {
        out += ",\"edited_at\":\"";
        base::append_rfc3339(out, *message.edited_at);
        out += '"';
    }
    if (message.deleted) out += ",\"deleted\":true";
    if (message.removed_by_staff) out += ",\"removed_by_staff\":true";
    if (message.reply_to != 0) out += ",\"reply_to\":" + std::to_string(message.reply_to);
    if (!message.mentions.empty()) {
        out += ",\"mentions\":";
        append_list(out, message.mentions, [&](auto const& name) { append_json_string(out, name); });
    }
    if (!message.attachments.empty()) {
        out += ",\"attachments\":";
        append_list(out, message.attachments, [&](auto const& attachment) { append_attachment(out, attachment); });
    }
    if (!message.link.empty()) {
        out += ",\"link\":";
        append_json_string(out, message.link);
    }
    if (!message.reactions.empty()) {
        out += ",\"reactions\":{";
        bool first = true;
        for (auto const& [emoji, users] : message.reactions) {
            if (!first) out += ',';
            first = false;
            append_json_string(out, emoji);
            out += ':';
            append_list(out, users, [&](auto const& user) { append_json_string(out, user.value); });
        }
        out += '}';
    }
    auto const& verdict = message.verdict;
    if (verdict.action != Action::allow || verdict.score > 0 || verdict.probability > 0) {
        out += ",\"moderation\":";
        append_verdict(out, verdict);
    }
    out += '}';
}

namespace {

UserPtr sender_of(std::string id, Accounts const& accounts) {
    base::UserId sender{std::move(id)};
    if (auto known = accounts.find(sender)) return known;
    // Its account was lost with a damaged document: the message itself is still good.
    User unknown;
    unknown.id = std::move(sender);
    unknown.username = "deleted";
    unknown.display_name = "Deleted account";
    unknown.deleted = true;
    return std::make_shared<User const>(std::move(unknown));
}

std::optional<Message> parse_any_body(std::string_view body, std::string& sender) {
    Json const json = Json::parse(body, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    base::Members const fields{json};

    Message message;
    sender = fields.text("sender");
    message.text = fields.text("text");
    message.sent_at = fields.time("sent_at").value_or(base::Timestamp{});
    message.written_at = fields.time("written_at");
    message.edited_at = fields.time("edited_at");
    message.deleted = fields.flag("deleted");
    message.removed_by_staff = fields.flag("removed_by_staff");
    message.reply_to = fields.number("reply_to");
    message.mentions = fields.texts("mentions");
    message.attachments = parse_attachments(fields.find("attachments"));
    message.link = fields.text("link");
    message.client_id = fields.text("client_id");
    if (auto const* reactions = fields.find("reactions"); reactions != nullptr && reactions->is_object()) {
        for (auto const& [emoji, users] : reactions->items()) {
            if (!users.is_array()) continue;
            auto& list = message.reactions[emoji];
            for (auto const& user : users) {
                if (user.is_string()) list.emplace_back(user.get<std::string>());
            }
            if (list.empty()) message.reactions.erase(emoji);
        }
    }
    if (auto const* verdict = fields.find("moderation")) message.verdict = parse_verdict(*verdict);
    return message;
}

}  // namespace

namespace {

std::optional<Message> read_body(std::string_view body, std::string& sender) {
    std::optional<Message> message{std::in_place};
    if (!read_own_body(body, *message, sender)) message = parse_any_body(body, sender);
    return message;
}

}  // namespace

std::optional<Message> parse_body(std::string_view body, base::MessageId id, Accounts const& accounts) {
    std::string sender;
    auto message = read_body(body, sender);
    if (!message) return message;
    message->sender = sender_of(std::move(sender), accounts);
    message->id = std::move(id);
    return message;
}

std::optional<search::Document> parse_document(std::string_view body) {
    search::Document document;
    auto message = read_body(body, document.sender);
    if (!message) return std::nullopt;
    document.sent_at = message->sent_at;
    document.is_gone = message->deleted;
    document.has = has_of(*message);
    document.text = std::move(message->text);
    for (auto const& attachment : message->attachments) document.text.append("\n").append(attachment.name);
    return document;
}

std::uint8_t has_of(Message const& message) {
    unsigned has = 0;
    for (auto const& attachment : message.attachments) {
        has |= search::has_file;
        if (attachment.type.starts_with("image/")) has |= search::has_picture;
        if (attachment.type.starts_with("audio/")) has |= search::has_sound;
        if (attachment.type.starts_with("video/")) has |= search::has_video;
    }
    auto const names = [&](std::string_view scheme) { return message.text.find(scheme) != std::string::npos; };
    if (!message.link.empty() || names("http://") || names("https://")) has |= search::has_link;
    return static_cast<std::uint8_t>(has);
}

BodyHead head_of(std::string_view body) {
    BodyHead head;
    head.sender = plain_value(body, "\"sender\":\"");
    head.client_id = plain_value(body, ",\"client_id\":\"");
    head.sent_at = base::parse_rfc3339(plain_value(body, "\"sent_at\":\""));
    return head;
}

}  // namespace soyuz::chat
