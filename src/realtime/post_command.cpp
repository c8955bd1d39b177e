#include "realtime/post_command.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/json_reader.hpp"
#include "base/text.hpp"

namespace soyuz::realtime {

namespace {

bool skip(base::JsonReader& reader, std::string_view token) {
    reader.space();
    return reader.skip(token);
}

std::optional<std::string_view> plain_string(base::JsonReader& reader) {
    reader.space();
    return reader.plain_string();
}

/// A whole number of up to 15 digits, as JSON writes one.
std::optional<std::string_view> digits(base::JsonReader& reader) {
    reader.space();
    auto const text = reader.value();
    bool const is_whole = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    return is_whole && !text.empty() && text.size() <= 15 ? std::optional{text} : std::nullopt;
}

enum Member : unsigned { type = 1, room = 2, text = 4, ref = 8, client_id = 16, reply_to = 32 };

bool read_member(base::JsonReader& reader, std::string_view key, unsigned& seen, PostCommand& command) {
    // A key that stands twice is for the general way to refuse.
    auto const is_first = [&](Member member) { return (std::exchange(seen, seen | member) & member) == 0; };
    if (key == "type") {
        auto const value = plain_string(reader);
        return is_first(type) && value == "message";
    }
    if (key == "room") {
        auto const value = plain_string(reader);
        if (value) command.room = *value;
        return is_first(room) && value;
    }
    if (key == "text") {
        reader.space();
        command.text = reader.string();
        return is_first(text) && reader.ok();
    }
    if (key == "client_id") {
        auto const value = plain_string(reader);
        if (value) command.client_id = *value;
        return is_first(client_id) && value;
    }
    auto const number = digits(reader);
    if (!number) return false;
    if (key == "ref") {
        command.ref = *number;
        return is_first(ref);
    }
    if (key != "reply_to") return false;
    std::from_chars(number->data(), number->data() + number->size(), command.reply_to);
    return is_first(reply_to);
}

}  // namespace

std::optional<PostCommand> read_post_command(std::string_view json) {
    PostCommand command;
    base::JsonReader reader{json};
    unsigned seen = 0;
    if (!skip(reader, "{")) return std::nullopt;
    do {
        auto const key = plain_string(reader);
        if (!key || !skip(reader, ":") || !read_member(reader, *key, seen, command)) return std::nullopt;
    } while (skip(reader, ","));
    constexpr unsigned needed = type | room | text;
    if (!skip(reader, "}") || (reader.space(), !reader.at_end()) || (seen & needed) != needed ||
        !base::is_valid_utf8(json))
        return std::nullopt;
    return command;
}

}  // namespace soyuz::realtime
