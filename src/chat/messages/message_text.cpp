#include "chat/messages/message_text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/visible_text.hpp"

namespace soyuz::chat {

namespace {

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
    text = base::tidy_paste(std::move(text));
    trim_end(text);
    if (!base::shows_something(text)) text.clear();
    if (text.empty() && !may_be_empty) return base::invalid_field("text", "must not be empty");
    if (text.size() > most && base::count_code_points(text) > most)
        return base::invalid_field("text", "must have at most " + std::to_string(most) + " characters");
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
