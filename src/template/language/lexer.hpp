#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace soyuz::jinja {

struct Token {
    enum class Type : std::uint8_t { data, name, text, integer, real, symbol, end };
    Type type = Type::end;
    std::uint32_t line = 1;
    std::string text;  // of a text: without quotes, its escapes resolved
    std::int64_t integer = 0;
    double real = 0;

    /// Is it this name or symbol? The ends of tags are symbols, too.
    bool is(std::string_view word) const { return (type == Type::symbol || type == Type::name) && text == word; }
    /// For messages: "'endif'", "end of template".
    std::string described() const;
};

/// Throws TemplateError with `file`.
std::vector<Token> tokenize(std::string const& file, std::string_view source);

}  // namespace soyuz::jinja
