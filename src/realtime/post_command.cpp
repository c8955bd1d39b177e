#include "realtime/post_command.hpp"

#include <charconv>
#include <utility>

#include "base/text.hpp"

namespace soyuz::realtime {

namespace {

constexpr auto none = std::string_view::npos;

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool skip(char c) {
        space();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    bool at_end() {
        space();
        return at_ == text_.size();
    }

    /// A string without escapes.
    std::optional<std::string_view> plain_string() {
        if (!skip('"')) return std::nullopt;
        auto const start = at_;
        for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' || static_cast<unsigned char>(text_[at_]) < 0x20) return std::nullopt;
        }
        if (at_ == text_.size()) return std::nullopt;
        return text_.substr(start, at_++ - start);
    }

    /// A string with escapes of one character (RFC 8259, 7), but not \u.
    std::optional<std::string> string() {
        if (!skip('"')) return std::nullopt;
        std::string read;
        for (auto from = at_; at_ < text_.size(); ++at_) {
            auto const c = text_[at_];
            if (c != '"' && c != '\\') {
                if (static_cast<unsigned char>(c) < 0x20) return std::nullopt;
                continue;
            }
            read.append(text_, from, at_ - from);
            if (c == '"') {
                ++at_;
                return read;
            }
            constexpr std::string_view written = "\"\\/bfnrt";
            constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
            auto const kind = ++at_ < text_.size() ? written.find(text_[at_]) : none;
            if (kind == none) return std::nullopt;
            read += meant[kind];
            from = at_ + 1;
        }
        return std::nullopt;
    }

    /// A whole number of up to 15 digits, as JSON writes one.
    std::optional<std::string_view> number() {
        space();
        auto const start = at_;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
        auto const digits = text_.substr(start, at_ - start);
        if (digits.empty() || digits.size() > 15 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
        return digits;
    }

private:
    void space() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

enum Member : unsigned { type = 1, room = 2, text = 4, ref = 8, client_id = 16, reply_to = 32 };

bool read_member(Reader& reader, std::string_view key, unsigned& seen, PostCommand& command) {
    // A key that stands twice is for the general way to refuse.
    auto const is_first = [&](Member member) { return (std::exchange(seen, seen | member) & member) == 0; };
    if (key == "type") {
        auto const value = reader.plain_string();
        return is_first(type) && value == "message";
    }
    if (key == "room") {
        auto const value = reader.plain_string();
        if (value) command.room = *value;
        return is_first(room) && value;
    }
    if (key == "text") {
        auto value = reader.string();
        if (value) command.text = std::move(*value);
        return is_first(text) && value;
    }
    if (key == "client_id") {
        auto const value = reader.plain_string();
        if (value) command.client_id = *value;
        return is_first(client_id) && value;
    }
    auto const digits = reader.number();
    if (!digits) return false;
    if (key == "ref") {
        command.ref = *digits;
        return is_first(ref);
    }
    if (key != "reply_to") return false;
    std::from_chars(digits->data(), digits->data() + digits->size(), command.reply_to);
    return is_first(reply_to);
}

}  // namespace

std::optional<PostCommand> read_post_command(std::string_view json) {
    PostCommand command;
    Reader reader{json};
    unsigned seen = 0;
    if (!reader.skip('{')) return std::nullopt;
    do {
        auto const key = reader.plain_string();
        if (!key || !reader.skip(':') || !read_member(reader, *key, seen, command)) return std::nullopt;
    } while (reader.skip(','));
    constexpr unsigned needed = type | room | text;
    if (!reader.skip('}') || !reader.at_end() || (seen & needed) != needed || !base::is_valid_utf8(json))
        return std::nullopt;
    return command;
}

}  // namespace soyuz::realtime
