#include "chat/messages/message_text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/visible_text.hpp"
#include "chat/markup/markup.hpp"

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

/// Hears the mentions of a text.
class MentionsRead final : public markup::Reader {
public:
    explicit MentionsRead(std::size_t most) : most_(most) {}

    void text(std::string_view) override {}
    void begin(markup::Element element, std::string_view detail) override {
        if (element != markup::Element::mention || found_.size() == most_) return;
        Mention mention;
        for (auto name = detail.substr(1); name.size() >= 3; name.remove_suffix(1)) {
            mention.candidates.emplace_back(name);
            if (name.back() != '.' && name.back() != '-') break;
        }
        found_.push_back(std::move(mention));
    }
    void end(markup::Element) override {}

    std::vector<Mention> take() { return std::move(found_); }

private:
    std::size_t const most_;
    std::vector<Mention> found_;
};

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
    MentionsRead mentions{most};
    if (text.find('@') != std::string_view::npos) markup::read(text, mentions);
    return mentions.take();
}

bool is_client_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '\\'; });
}

}  // namespace soyuz::chat
