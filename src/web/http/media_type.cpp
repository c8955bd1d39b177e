#include "web/http/media_type.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace soyuz::web {

namespace {

// Line ends count as blanks: a folded header (RFC 5322, 2.2.3) is one value.
constexpr std::string_view blanks = " \t\r\n";

void skip_separators(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n;"), text.size()));
}

std::string_view without_blanks_behind(std::string_view text) {
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// The quoted string that `text` begins with, taken off it; none where it does not end.
std::optional<std::string> take_quoted(std::string_view& text) {
    std::string value;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return value;
        }
        bool const is_pair = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
        value += text[is_pair ? ++i : i];
    }
    return std::nullopt;
}

/// What stands before the next semicolon, taken off `text`.
std::string_view take_bare(std::string_view& text) {
    auto const value = text.substr(0, text.find(';'));
    text.remove_prefix(value.size());
    return without_blanks_behind(value);
}

}  // namespace

std::string media_type(std::string_view content_type) {
    return base::lower_ascii(without_blanks_behind(content_type.substr(0, content_type.find(';'))));
}

std::optional<HeaderParameter> take_parameter(std::string_view& rest) {
    for (skip_separators(rest); !rest.empty(); skip_separators(rest)) {
        auto const equals = rest.find_first_of("=;");
        if (equals == std::string_view::npos || rest[equals] == ';') {
            take_bare(rest);  // without a value it says nothing
            continue;
        }
        auto const name = base::lower_ascii(without_blanks_behind(rest.substr(0, equals)));
        rest.remove_prefix(equals + 1);
        rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
        if (!rest.starts_with('"')) return HeaderParameter{name, std::string{take_bare(rest)}};
        auto value = take_quoted(rest);
        if (!value) return std::nullopt;
        take_bare(rest);
        return HeaderParameter{name, std::move(*value)};
    }
    return std::nullopt;
}

std::string type_parameter(std::string_view content_type, std::string_view name) {
    auto rest = content_type.substr(std::min(content_type.find(';'), content_type.size()));
    while (auto parameter = take_parameter(rest))
        if (parameter->name == name) return std::move(parameter->value);
    return "";
}

}  // namespace soyuz::web
