#include "chat/messages/message_text.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace soyuz::chat {

namespace {

/// Byte by byte, as the forbidden ones are few: C0 without LF and TAB, DEL, C1 (U+0080–9F), U+2028–2029 and
/// U+202A–202E. `text` is valid UTF-8.
bool has_forbidden_characters(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const c = static_cast<unsigned char>(text[at]);
        if (c < 0x20 && c != '\n' && c != '\t') return true;
        if (c == 0x7F) return true;
        if (c == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0) return true;
        if (c == 0xE2 && static_cast<unsigned char>(text[at + 1]) == 0x80) {
            auto const last = static_cast<unsigned char>(text[at + 2]);
            if (last >= 0xA8 && last <= 0xAE) return true;
        }
    }
    return false;
}

void unify_line_ends(std::string& text) {
    if (text.find('\r') == std::string::npos) return;
    std::string unified;
    unified.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\r') {
            unified += text[at];
        } else if (at + 1 == text.size() || text[at + 1] != '\n') {
            unified += '\n';
        }
    }
    text = std::move(unified);
}

void trim_end(std::string& text) {
    if (text.empty()) return;
    auto const last = static_cast<unsigned char>(text.back());
    if (last > ' ' && last < 0x80) return;
    auto const trimmed = base::trim(text);
    auto const from = trimmed.empty() ? 0 : text.find(trimmed);
    text.resize(trimmed.empty() ? 0 : from + trimmed.size());
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
}

}  // namespace

base::Result<std::string> tidy_text(std::string text, std::size_t most, bool may_be_empty) {
    if (!base::is_valid_utf8(text)) return base::invalid_field("text", "is not valid text");
    unify_line_ends(text);
    trim_end(text);
    if (text.empty() && !may_be_empty) return base::invalid_field("text", "must not be empty");
    if (text.size() > most && base::count_code_points(text) > most)
        return base::invalid_field("text", "must have at most " + std::to_string(most) + " characters");
    if (has_forbidden_characters(text))
        return base::invalid_field("text", "has control characters or overrides of the writing direction");
    return text;
}

std::vector<Mention> find_mentions(std::string_view text, std::size_t most) {
    std::vector<Mention> mentions;
    for (auto at = text.find('@'); at != std::string_view::npos && mentions.size() < most;
         at = text.find('@', at + 1)) {
        // In an e-mail address the @ follows a name.
        if (at > 0 && is_name_character(text[at - 1])) continue;
        auto end = at + 1;
        while (end < text.size() && end - at <= 50 && is_name_character(text[end])) ++end;
        Mention mention;
        auto name = text.substr(at + 1, end - at - 1);
        while (name.size() >= 3) {
            mention.candidates.push_back(name);
            if (name.back() != '.' && name.back() != '-') break;
            name.remove_suffix(1);
        }
        if (!mention.candidates.empty()) mentions.push_back(std::move(mention));
    }
    return mentions;
}

bool is_client_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '\\'; });
}

}  // namespace soyuz::chat
