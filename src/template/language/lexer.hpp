#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace soyuz::jinja {

struct Token {
    enum class Type : std::uint8_t {
        data,
        variable_begin,
        variable_end,
        block_begin,
        block_end,
        name,
        text,
        integer,
        real,
        symbol,
        end
    };
    Type type = Type::end;
    std::uint32_t line = 1;
    std::string text;  // of a text: without quotes, its escapes resolved
    std::int64_t integer = 0;
    double real = 0;

    bool is_symbol(std::string_view symbol) const { return type == Type::symbol && text == symbol; }
    bool is_name(std::string_view name) const { return type == Type::name && text == name; }
    /// For messages: "'endif'", "end of template".
    std::string described() const;
};

/// Throws TemplateError with `file`.
std::vector<Token> tokenize(std::string const& file, std::string_view source);

}  // namespace soyuz::jinja
