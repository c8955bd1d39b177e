#include "base/json_reader.hpp"

#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace soyuz::base {
namespace {

constexpr auto none = std::string_view::npos;
constexpr int max_depth = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Bytes that stand for themselves within a string.
constexpr auto is_plain = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < table.size(); ++c) table[c] = c != '"' && c != '\\';
    return table;
}();

/// A recursive descent over one line. Positions are returned, `none` for an error.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::size_t value(std::size_t at, int depth) const {
        if (at >= text_.size() || depth > max_depth) return none;
        switch (text_[at]) {
            case '{': return object(at + 1, depth);
            case '[': return array(at + 1, depth);
            case '"': return string(at);
            case 't': return literal(at, "true");
            case 'f': return literal(at, "false");
            case 'n': return literal(at, "null");
            default: return number(at);
        }
    }

    std::size_t string(std::size_t at) const {
        if (at >= text_.size() || text_[at] != '"') return none;
        for (++at; at < text_.size(); ++at) {
            auto const c = static_cast<unsigned char>(text_[at]);
            if (is_plain[c]) continue;
            if (c == '"') return at + 1;
            if (c < 0x20) return none;
            if (++at >= text_.size()) return none;
            if (text_[at] == 'u') {
                if (at + 4 >= text_.size()) return none;
                for (int i = 0; i < 4; ++i) {
                    if (!is_hex(text_[++at])) return none;
                }
            } else if (std::string_view{"\"\\/bfnrt"}.find(text_[at]) == none) {
                return none;
            }
        }
        return none;
    }

    std::size_t space(std::size_t at) const {
        while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t')) ++at;
        return at;
    }

    std::size_t number(std::size_t at) const {
        if (is(at, '-')) ++at;
        at = is(at, '0') ? at + 1 : digits(at);
        if (at != none && is(at, '.')) at = digits(at + 1);
        if (at != none && (is(at, 'e') || is(at, 'E'))) {
            ++at;
            if (is(at, '+') || is(at, '-')) ++at;
            at = digits(at);
        }
        return at;
    }

private:
    bool is(std::size_t at, char c) const { return at < text_.size() && text_[at] == c; }

    std::size_t literal(std::size_t at, std::string_view word) const {
        return text_.substr(at, word.size()) == word ? at + word.size() : none;
    }

    std::size_t digits(std::size_t at) const {
        if (at >= text_.size() || !is_digit(text_[at])) return none;
        while (at < text_.size() && is_digit(text_[at])) ++at;
        return at;
    }

    std::size_t object(std::size_t at, int depth) const {
        at = space(at);
        if (is(at, '}')) return at + 1;
        while (true) {
            at = string(space(at));
            if (at == none || !is(at = space(at), ':')) return none;
            at = value(space(at + 1), depth + 1);
            if (at == none) return none;
            at = space(at);
            if (is(at, '}')) return at + 1;
            if (!is(at, ',')) return none;
            ++at;
        }
    }

    std::size_t array(std::size_t at, int depth) const {
        at = space(at);
        if (is(at, ']')) return at + 1;
        while (true) {
            at = value(space(at), depth + 1);
            if (at == none) return none;
            at = space(at);
            if (is(at, ']')) return at + 1;
            if (!is(at, ',')) return none;
            ++at;
        }
    }

    std::string_view text_;
};

/// The text between the quotes of a valid string; none where it holds a \\u.
std::optional<std::string> without_short_escapes(std::string_view inside) {
    constexpr std::string_view written = "\"\\/bfnrt";
    constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    std::string text;
    text.reserve(inside.size());
    for (std::size_t from = 0;;) {
        auto const at = inside.find('\\', from);
        text.append(inside, from, at - from);
        if (at == none) return text;
        auto const kind = written.find(inside[at + 1]);
        if (kind == none) return std::nullopt;
        text += meant[kind];
        from = at + 2;
    }
}

}  // namespace

std::size_t end_of_value(std::string_view text, std::size_t at) { return Scanner{text}.value(at, 0); }

bool is_object_on_a_line(std::string_view text) {
    return !text.empty() && text.front() == '{' && end_of_value(text, 0) == text.size() && is_valid_utf8(text);
}

bool is_empty_object(std::string_view object) { return Scanner{object}.space(1) + 1 == object.size(); }

bool JsonReader::skip(std::string_view literal) {
    if (!ok_ || !next_is(literal)) return false;
    at_ += literal.size();
    return true;
}

void JsonReader::expect(std::string_view literal) {
    if (!skip(literal)) ok_ = false;
}

std::uint64_t JsonReader::number() {
    std::uint64_t value = 0;
    auto const* const begin = text_.data() + at_;
    auto const [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc{}) ok_ = false;
    at_ += static_cast<std::size_t>(end - begin);
    return value;
}

double JsonReader::fraction() {
    double value = 0;
    auto const end = ok_ ? Scanner{text_}.number(at_) : none;
    if (end == none || std::from_chars(text_.data() + at_, text_.data() + end, value).ec != std::errc{}) {
        ok_ = false;
        return 0;
    }
    at_ = end;
    return value;
}

std::string JsonReader::string() {
    if (!ok_) return {};
    auto const end = Scanner{text_}.string(at_);
    if (end == none) {
        ok_ = false;
        return {};
    }
    auto const quoted = text_.substr(at_, end - at_);
    at_ = end;
    if (quoted.find('\\') == none) return std::string{quoted.substr(1, quoted.size() - 2)};
    if (auto text = without_short_escapes(quoted.substr(1, quoted.size() - 2))) return *std::move(text);
    auto const parsed = nlohmann::json::parse(quoted, nullptr, false);
    if (!parsed.is_string()) {
        ok_ = false;
        return {};
    }
    return parsed.get<std::string>();
}

void JsonReader::space() {
    auto const at = text_.find_first_not_of(" \t\n\r", at_);
    at_ = at == none ? text_.size() : at;
}

std::optional<std::string_view> JsonReader::plain_string() {
    auto const end = ok_ ? Scanner{text_}.string(at_) : none;
    if (end == none) return std::nullopt;
    auto const inside = text_.substr(at_ + 1, end - at_ - 2);
    if (inside.find('\\') != none) return std::nullopt;
    at_ = end;
    return inside;
}

std::string_view JsonReader::value() {
    if (!ok_) return {};
    auto const end = end_of_value(text_, at_);
    if (end == none) {
        ok_ = false;
        return {};
    }
    auto const text = text_.substr(at_, end - at_);
    at_ = end;
    return text;
}

std::optional<std::uint64_t> parse_number(std::string_view digits) {
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

}  // namespace soyuz::base
