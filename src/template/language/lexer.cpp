#include "template/language/lexer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "template/template_error.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

bool is_blank(char c) { return c == ' ' || (c >= 9 && c <= 13); }
bool is_digit_char(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) {
    return is_digit_char(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// Line ends become \n, and the last one goes.
std::string normalized(std::string_view source) {
    std::string out;
    out.reserve(source.size());
    for (std::size_t i = 0; i < source.size(); ++i)
        if (source[i] != '\n' || i == 0 || source[i - 1] != '\r') out += source[i] == '\r' ? '\n' : source[i];
    if (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
}

class Lexer {
public:
    Lexer(std::string const& file, std::string_view source) : file_(file), source_(source) {}

    std::vector<Token> run() {
        while (at_ < source_.size()) read_data();
        push(Token::Type::end);
        return std::move(tokens_);
    }

private:
    [[noreturn]] void fail(std::string const& what, std::uint32_t line) const {
        throw TemplateError(file_, line, what);
    }
    [[noreturn]] void fail(std::string const& what) const { fail(what, line_); }

    /// NUL behind the end.
    char peek(std::size_t at) const { return at < source_.size() ? source_[at] : '\0'; }
    void advance(std::size_t count, bool and_blanks = false) {
        auto const passed = source_.substr(at_, count);
        line_ += static_cast<std::uint32_t>(std::count(passed.begin(), passed.end(), '\n'));
        at_ += count;
        if (and_blanks) skip_blanks();
    }
    void skip_blanks() {
        while (is_blank(peek(at_))) advance(1);
    }
    Token& push(Token::Type type, std::string text = {}) {
        return tokens_.emplace_back(Token{type, line_, std::move(text)});
    }

    /// Text up to the next tag, then the tag.
    void read_data() {
        auto open = source_.find('{', at_);
        while (open != source_.npos && std::string_view("{%#").find(peek(open + 1)) == source_.npos)
            open = source_.find('{', open + 1);
        if (open == source_.npos) {
            add_data(source_.substr(at_), false);
            return advance(source_.size() - at_);
        }
        char const kind = peek(open + 1);
        char const sign = peek(open + 2);
        add_data(source_.substr(at_, open - at_), sign == '-');
        advance(open - at_);
        if (kind == '%' && read_raw()) return;
        advance(sign == '-' || sign == '+' ? 3 : 2);
        if (kind == '#') return skip_comment();
        push(Token::Type::symbol, kind == '{' ? "{{" : "{%");
        read_tag(kind == '{' ? "}}" : "%}");
    }

    void add_data(std::string_view data, bool strip_end) {
        if (strip_end)
            while (!data.empty() && is_blank(data.back())) data.remove_suffix(1);
        if (!data.empty()) push(Token::Type::data, std::string(data));
    }

    void skip_comment() {
        auto const start = line_;
        auto const end = source_.find("#}", at_);
        if (end == std::string_view::npos) fail("expected '#}', found end of template; the comment begins here", start);
        advance(end + 2 - at_, end > at_ && source_[end - 1] == '-');
    }

    struct Tag {
        bool strips_before, strips_after;
        std::size_t end;
    };
    /// The tag at `at`, where it is {% name %}.
    std::optional<Tag> tag_at(std::size_t at, std::string_view name) const {
        at += 2;
        bool const strips_before = peek(at) == '-';
        if (strips_before || peek(at) == '+') ++at;
        while (is_blank(peek(at))) ++at;
        if (source_.substr(std::min(at, source_.size()), name.size()) != name) return std::nullopt;
        at += name.size();
        while (is_blank(peek(at))) ++at;
        bool const strips_after = peek(at) == '-';
        if (strips_after || peek(at) == '+') ++at;
        if (peek(at) != '%' || peek(at + 1) != '}') return std::nullopt;
        return Tag{strips_before, strips_after, at + 2};
    }

    /// {% raw %}…{% endraw %}
    bool read_raw() {
        auto const begin = tag_at(at_, "raw");
        if (!begin) return false;
        auto const start_line = line_;
        advance(begin->end - at_, begin->strips_after);
        for (auto open = source_.find("{%", at_); open != source_.npos; open = source_.find("{%", open + 2)) {
            auto const end = tag_at(open, "endraw");
            if (!end) continue;
            add_data(source_.substr(at_, open - at_), end->strips_before);
            advance(end->end - at_, end->strips_after);
            return true;
        }
        fail("expected 'endraw', found end of template; the raw block begins here", start_line);
    }

    void read_tag(std::string_view end) {
        std::string open;  // the closing brackets that are owed
        while (true) {
            skip_blanks();
            if (at_ >= source_.size()) return;  // the parser names what it misses
            std::size_t const sign = peek(at_) == '-' || (end == "%}" && peek(at_) == '+') ? 1 : 0;
            if (open.empty() && source_.substr(at_ + sign, 2) == end) {
                push(Token::Type::symbol, std::string(end));
                return advance(sign + 2, peek(at_) == '-');
            }
            read_token(open);
        }
    }

    void read_token(std::string& open) {
        char const c = source_[at_];
        if (is_digit_char(c)) return read_number();
        if (is_name_char(c)) {
            auto end = at_;
            while (is_name_char(peek(end))) ++end;
            push(Token::Type::name, std::string(source_.substr(at_, end - at_)));
            return advance(end - at_);
        }
        if (c == '\'' || c == '"') return read_text(c);
        read_symbol(open);
    }

    void read_symbol(std::string& open) {
        static constexpr std::array<std::string_view, 6> pairs = {"**", "//", "==", "!=", ">=", "<="};
        std::string symbol(1, source_[at_]);
        for (auto const pair : pairs)
            if (source_.substr(at_, 2) == pair) symbol = pair;
        if (symbol.size() == 1 && std::string_view("+-/*%~[](){}><=.:|,;").find(symbol) == std::string_view::npos)
            fail("unexpected character '" + std::string(source_.substr(at_, next_character(source_, at_) - at_)) + "'");
        char const c = symbol[0];
        static constexpr std::string_view openers = "([{";
        if (auto const opener = openers.find(c); opener != openers.npos) open += ")]}"[opener];
        if (std::string_view(")]}").find(c) != std::string_view::npos) {
            if (open.empty()) fail("unexpected '" + symbol + "'");
            if (open.back() != c) fail("expected '" + std::string(1, open.back()) + "', found '" + symbol + "'");
            open.pop_back();
        }
        push(Token::Type::symbol, symbol);
        advance(symbol.size());
    }

    /// Behind the digits at `at`, which single underscores may part.
    std::size_t digits_end(std::size_t at) const {
        while (is_digit_char(peek(at)) || (peek(at) == '_' && is_digit_char(peek(at + 1)))) ++at;
        return at;
    }

    /// Behind the fraction and the exponent of a number whose whole part ends at `end`.
    std::size_t fraction_end(std::size_t end) const {
        if (at_ > 0 && source_[at_ - 1] == '.') return end;  // list.0.5
        if (peek(end) == '.' && is_digit_char(peek(end + 1))) end = digits_end(end + 1);
        auto const exponent = end + (peek(end + 1) == '+' || peek(end + 1) == '-' ? 2 : 1);
        bool const has_exponent = (peek(end) == 'e' || peek(end) == 'E') && is_digit_char(peek(exponent));
        return has_exponent ? digits_end(exponent) : end;
    }

    void read_number() {
        auto end = digits_end(at_);
        auto const real_end = fraction_end(end);
        bool const is_real = real_end != end;
        if (is_real) end = real_end;
        if (!is_real && source_[at_] == '0') end = std::min(source_.find_first_not_of("0_", at_), end);  // as in Jinja
        std::string digits(source_.substr(at_, end - at_));
        std::erase(digits, '_');
        auto& token = push(is_real ? Token::Type::real : Token::Type::integer, digits);
        if (is_real) {
            token.real = std::strtod(digits.c_str(), nullptr);
        } else if (std::from_chars(digits.data(), digits.data() + digits.size(), token.integer).ec != std::errc{}) {
            fail("the number " + digits + " is too large");
        }
        advance(end - at_);
    }

    void read_text(char quote) {
        std::string out;
        auto at = at_ + 1;
        auto const hex = [&](std::size_t count) {
            std::uint32_t character = 0;
            auto const* const start = source_.data() + at;
            if (at + count > source_.size() ||
                std::from_chars(start, start + count, character, 16).ptr != start + count || character > 0x10ffff)
                fail("expected " + std::to_string(count) + " hexadecimal digits of a character");
            at += count;
            append_character(out, character);
        };
        while (at < source_.size() && source_[at] != quote) {
            if (source_[at] != '\\' || at + 1 >= source_.size()) {
                out += source_[at++];
                continue;
            }
            static constexpr std::string_view letters = "abfnrtv\\'\"";
            static constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\'\"";
            char const c = source_[at + 1];
            at += 2;
            if (auto const known = letters.find(c); known != std::string_view::npos) {
                out += meanings[known];
            } else if (auto const size = std::string_view("xuU").find(c); size != std::string_view::npos) {
                hex(std::size_t{2} << size);
            } else if (c == 'N') {
                auto const end = source_.find('}', at);
                if (at >= source_.size() || source_[at] != '{' || end == std::string_view::npos)
                    fail("expected \\N{the name of a character}");
                std::string const name(source_.substr(at + 1, end - at - 1));
                auto const character = character_named(name);
                if (!character) fail("there is no character named " + repr_of_text(name));
                append_character(out, *character);
                at = end + 1;
            } else if (c != '\n') {
                out += '\\';
                out += c;
            }
        }
        if (at >= source_.size())
            fail(std::string("expected ") + quote + ", found end of template; the text begins here");
        push(Token::Type::text, std::move(out));
        advance(at + 1 - at_);
    }

    std::string const& file_;
    std::string_view source_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    std::vector<Token> tokens_;
};

}  // namespace

std::string Token::described() const {
    switch (type) {
        case Type::data: return "text";
        case Type::text: return "text " + repr_of_text(text);
        case Type::integer: return "number " + std::to_string(integer);
        case Type::real: return "number " + repr_of_real(real);
        case Type::end: return "end of template";
        default: return "'" + text + "'";
    }
}

std::vector<Token> tokenize(std::string const& file, std::string_view source) {
    auto const text = normalized(source);
    return Lexer(file, text).run();
}

}  // namespace soyuz::jinja
