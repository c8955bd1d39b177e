#include "template/language/lexer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

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
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] == '\r') {
            out += '\n';
            if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
        } else {
            out += source[i];
        }
    }
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

    bool sees(std::string_view text) const { return source_.substr(at_, text.size()) == text; }
    void advance(std::size_t count) {
        line_ +=
            static_cast<std::uint32_t>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                  source_.begin() + static_cast<std::ptrdiff_t>(at_ + count), '\n'));
        at_ += count;
    }
    void skip_blanks() {
        while (at_ < source_.size() && is_blank(source_[at_])) advance(1);
    }
    Token& push(Token::Type type, std::string text = {}) {
        Token token;
        token.type = type;
        token.line = line_;
        token.text = std::move(text);
        tokens_.push_back(std::move(token));
        return tokens_.back();
    }

    /// Text up to the next tag, then the tag.
    void read_data() {
        std::size_t open = at_;
        while (true) {
            open = source_.find('{', open);
            if (open == std::string_view::npos || open + 1 >= source_.size()) {
                add_data(source_.substr(at_), false);
                advance(source_.size() - at_);
                return;
            }
            char const kind = source_[open + 1];
            if (kind == '{' || kind == '%' || kind == '#') break;
            ++open;
        }
        char const kind = source_[open + 1];
        char const sign = open + 2 < source_.size() ? source_[open + 2] : '\0';
        add_data(source_.substr(at_, open - at_), sign == '-');
        advance(open - at_);
        if (kind == '%' && read_raw()) return;
        advance(sign == '-' || sign == '+' ? 3 : 2);
        if (kind == '#') {
            skip_comment();
        } else if (kind == '{') {
            push(Token::Type::variable_begin);
            read_tag("}}", Token::Type::variable_end);
        } else {
            push(Token::Type::block_begin);
            read_tag("%}", Token::Type::block_end);
        }
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
        bool const strip = end > at_ && source_[end - 1] == '-';
        advance(end + 2 - at_);
        if (strip) skip_blanks();
    }

    /// {% raw %}…{% endraw %}
    bool read_raw() {
        std::size_t at = at_ + 2;
        auto const skip = [&] {
            while (at < source_.size() && is_blank(source_[at])) ++at;
        };
        if (at < source_.size() && (source_[at] == '-' || source_[at] == '+')) ++at;
        skip();
        if (source_.substr(at, 3) != "raw") return false;
        at += 3;
        skip();
        bool const strip = at < source_.size() && source_[at] == '-';
        if (strip) ++at;
        if (source_.substr(at, 2) != "%}") return false;
        auto const start_line = line_;
        advance(at + 2 - at_);
        if (strip) skip_blanks();
        for (auto open = source_.find("{%", at_); open != std::string_view::npos; open = source_.find("{%", open + 2)) {
            at = open + 2;
            bool const strip_before = at < source_.size() && source_[at] == '-';
            if (at < source_.size() && (source_[at] == '-' || source_[at] == '+')) ++at;
            skip();
            if (source_.substr(at, 6) != "endraw") continue;
            at += 6;
            skip();
            bool const strip_after = at < source_.size() && source_[at] == '-';
            if (strip_after || (at < source_.size() && source_[at] == '+')) ++at;
            if (source_.substr(at, 2) != "%}") continue;
            add_data(source_.substr(at_, open - at_), strip_before);
            advance(at + 2 - at_);
            if (strip_after) skip_blanks();
            return true;
        }
        fail("expected 'endraw', found end of template; the raw block begins here", start_line);
    }

    void read_tag(std::string_view end, Token::Type end_type) {
        std::string open;  // the closing brackets that are owed
        while (true) {
            skip_blanks();
            if (at_ >= source_.size()) return;  // the parser names what it misses
            if (open.empty()) {
                std::size_t const sign = sees("-") || (end == "%}" && sees("+")) ? 1 : 0;
                if (source_.substr(at_ + sign, 2) == end) {
                    bool const strip = sign == 1 && source_[at_] == '-';
                    push(end_type);
                    advance(sign + 2);
                    if (strip) skip_blanks();
                    return;
                }
            }
            read_token(open);
        }
    }

    void read_token(std::string& open) {
        char const c = source_[at_];
        if (is_digit_char(c)) return read_number();
        if (is_name_char(c)) {
            auto end = at_;
            while (end < source_.size() && is_name_char(source_[end])) ++end;
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
            if (sees(pair)) symbol = pair;
        if (symbol.size() == 1 && std::string_view("+-/*%~[](){}><=.:|,;").find(symbol) == std::string_view::npos)
            fail("unexpected character '" + std::string(source_.substr(at_, next_character(source_, at_) - at_)) + "'");
        char const c = symbol[0];
        if (c == '(') open += ')';
        if (c == '[') open += ']';
        if (c == '{') open += '}';
        if (c == ')' || c == ']' || c == '}') {
            if (open.empty()) fail("unexpected '" + symbol + "'");
            if (open.back() != c) fail("expected '" + std::string(1, open.back()) + "', found '" + symbol + "'");
            open.pop_back();
        }
        push(Token::Type::symbol, symbol);
        advance(symbol.size());
    }

    void read_number() {
        auto const accept = [&](std::size_t at, auto const& is_good) {
            // digits, with single underscores between them
            while (at < source_.size() && (is_good(source_[at]) ||
                                           (source_[at] == '_' && at + 1 < source_.size() && is_good(source_[at + 1]))))
                ++at;
            return at;
        };
        auto const without_underscores = [&](std::size_t end) {
            std::string digits(source_.substr(at_, end - at_));
            digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
            return digits;
        };
        auto const is_at = [&](std::size_t at, std::string_view characters) {
            return at < source_.size() && characters.find(source_[at]) != std::string_view::npos;
        };
        auto const digits_end = accept(at_, is_digit_char);
        auto end = digits_end;
        bool real = false;
        bool const after_dot = at_ > 0 && source_[at_ - 1] == '.';
        if (!after_dot) {
            if (is_at(end, ".") && end + 1 < source_.size() && is_digit_char(source_[end + 1])) {
                end = accept(end + 1, is_digit_char);
                real = true;
            }
            if (is_at(end, "eE")) {
                auto const digits = end + 1 + (is_at(end + 1, "+-") ? 1U : 0U);
                if (digits < source_.size() && is_digit_char(source_[digits])) {
                    end = accept(digits, is_digit_char);
                    real = true;
                }
            }
        }
        if (real) {
            push(Token::Type::real).real = std::strtod(without_underscores(end).c_str(), nullptr);
            return advance(end - at_);
        }
        int base = 10;
        end = digits_end;
        if (source_[at_] == '0') {
            if (is_at(at_ + 1, "xX")) base = 16;
            if (is_at(at_ + 1, "oO")) base = 8;
            if (is_at(at_ + 1, "bB")) base = 2;
            end = accept(at_, [](char c) { return c == '0'; });
        }
        std::size_t skip = 0;
        if (base != 10) {
            skip = 2;
            end = accept(at_ + 2, [&](char c) {
                int const digit = is_digit_char(c)       ? c - '0'
                                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                         : 99;
                return digit < base;
            });
            if (end == at_ + 2) {
                end = at_ + 1;
                skip = 0;
                base = 10;
            }
        }
        auto const digits = without_underscores(end).substr(skip);
        auto& token = push(Token::Type::integer);
        auto const [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), token.integer, base);
        if (error != std::errc{}) fail("the number " + digits + " is too large");
        token.text = digits;
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
            } else if (c == 'x') {
                hex(2);
            } else if (c == 'u') {
                hex(4);
            } else if (c == 'U') {
                hex(8);
            } else if (c == 'N') {
                auto const end = source_.find('}', at);
                if (at >= source_.size() || source_[at] != '{' || end == std::string_view::npos)
                    fail("expected \\N{the name of a character}");
                std::string const name(source_.substr(at + 1, end - at - 1));
                auto const character = character_named(name);
                if (!character) fail("there is no character named " + repr_of_text(name));
                append_character(out, *character);
                at = end + 1;
            } else if (c >= '0' && c <= '7') {
                std::uint32_t character = 0;
                --at;
                for (int i = 0; i < 3 && at < source_.size() && source_[at] >= '0' && source_[at] <= '7'; ++i)
                    character = character * 8 + static_cast<std::uint32_t>(source_[at++] - '0');
                append_character(out, character);
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
        case Type::variable_begin: return "'{{'";
        case Type::variable_end: return "'}}'";
        case Type::block_begin: return "'{%'";
        case Type::block_end: return "'%}'";
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
