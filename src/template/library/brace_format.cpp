#include <optional>

#include "template/running/renderer.hpp"
#include "template/values/formatting.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

bool is_digit_char(char c) { return c >= '0' && c <= '9'; }

FieldFormat parse_format(std::string_view text) {
    FieldFormat format;
    auto const is_align = [](char c) { return std::string_view("<>^=").find(c) != std::string_view::npos; };
    if (!text.empty()) {
        auto const first = next_character(text, 0);
        if (first < text.size() && is_align(text[first])) {
            format.fill = text.substr(0, first);
            format.align = text[first];
            text.remove_prefix(first + 1);
        } else if (is_align(text[0])) {
            format.align = text[0];
            text.remove_prefix(1);
        }
    }
    auto const skip = [&](std::string_view characters) {
        if (text.empty() || characters.find(text[0]) == std::string_view::npos) return '\0';
        char const c = text[0];
        text.remove_prefix(1);
        return c;
    };
    auto const number = [&] {
        std::int64_t result = 0;
        while (!text.empty() && is_digit_char(text[0])) {
            result = result * 10 + (text[0] - '0');
            if (result > max_format_number) throw Fault("Too many decimal digits in format string");
            text.remove_prefix(1);
        }
        return result;
    };
    if (char const sign = skip("+- "); sign != '\0') format.sign = sign;
    format.alternate = skip("#") != '\0';
    if (skip("0") != '\0' && format.align == '\0') {
        format.fill = "0";
        format.align = '=';
    }
    format.width = number();
    format.grouping = skip(",_");
    if (skip(".") != '\0') {
        if (text.empty() || !is_digit_char(text[0])) throw Fault("Format specifier missing precision");
        format.precision = number();
    }
    if (text.size() > 1) throw Fault("Invalid format specifier");
    if (!text.empty()) format.type = text[0];
    return format;
}

/// format(value, specification)
std::string formatted(Budget& budget, Value const& value, std::string_view specification) {
    if (specification.empty()) return to_text(value);
    auto const format = parse_format(specification);
    auto const unknown = [&] {
        return Fault(std::string("Unknown format code '") + format.type + "' for object of type '" + type_name(value) +
                     "'");
    };
    auto const is_one_of = [&](std::string_view types) { return types.find(format.type) != std::string_view::npos; };
    if (value.is_number()) {
        if (value.is(Kind::boolean) && format.type == '\0')
            return padded(budget, format, format_whole(format, value.as_integer()),
                          format.align == '\0' ? '>' : format.align);
        std::string text;
        if (format.type == '%' || is_one_of("eEfFgG") || value.is(Kind::real)) {
            if (format.type != '\0' && format.type != '%' && !is_one_of("eEfFgGn")) throw unknown();
            text = format_real(format, value.as_real());
        } else {
            if (format.type == 'c') {
                if (value.as_integer() < 0 || value.as_integer() > 0x10ffff)
                    throw Fault("%c arg not in range(0x110000)");
                append_character(text, static_cast<char32_t>(value.as_integer()));
            } else {
                if (format.type != '\0' && !is_one_of("dnxXob")) throw unknown();
                if (format.precision >= 0) throw Fault("Precision not allowed in integer format specifier");
                text = format_whole(format, value.as_integer());
            }
        }
        return padded(budget, format, std::move(text), format.align == '\0' ? '>' : format.align);
    }
    if (!value.is_text()) throw Fault("unsupported format string passed to " + type_name(value) + ".__format__");
    if (format.type != '\0' && format.type != 's') throw unknown();
    if (format.align == '=') throw Fault("'=' alignment not allowed in string format specifier");
    std::string text(value.as_text());
    if (format.precision >= 0) text.resize(offset_of(text, static_cast<std::size_t>(format.precision)));
    return padded(budget, format, std::move(text), format.align == '\0' ? '<' : format.align);
}

/// '{0} {name!r:>10}'.format(…)
class BraceFormatter {
public:
    BraceFormatter(Renderer& renderer, bool markup, Arguments const& arguments)
        : renderer_(renderer), markup_(markup), arguments_(arguments) {}

    std::string run(std::string_view text, int depth) {
        if (depth < 0) throw Fault("Max string recursion exceeded");
        std::string out;
        for (std::size_t at = 0; at < text.size();) {
            char const c = text[at];
            if (c != '{' && c != '}') {
                out += c;
                ++at;
            } else if (at + 1 < text.size() && text[at + 1] == c) {
                out += c;
                at += 2;
            } else if (c == '}') {
                throw Fault("Single '}' encountered in format string");
            } else {
                auto const end = field_end(text, at + 1);
                out += field(text.substr(at + 1, end - at - 1), depth);
                at = end + 1;
            }
        }
        return out;
    }

private:
    static std::size_t field_end(std::string_view text, std::size_t at) {
        for (std::size_t open = 1; at < text.size(); ++at) {
            if (text[at] == '{') ++open;
            if (text[at] == '}' && --open == 0) return at;
        }
        throw Fault("expected '}' before end of string");
    }

    std::string field(std::string_view text, int depth) {
        renderer_.budget.tick();
        auto const name_end = std::min(text.find_first_of("!:"), text.size());
        auto value = look_up(text.substr(0, name_end));
        auto rest = text.substr(name_end);
        if (!rest.empty() && rest[0] == '!') {
            if (rest.size() < 2) throw Fault("end of string while looking for conversion specifier");
            if (rest[1] == 's') {
                value = value.is_text() ? value : Value::text(to_text(value));
            } else if (rest[1] == 'r' || rest[1] == 'a') {
                value = Value::text(to_repr(value));
            } else {
                throw Fault(std::string("Unknown conversion specifier ") + rest[1]);
            }
            rest.remove_prefix(2);
            if (!rest.empty() && rest[0] != ':') throw Fault("expected ':' after conversion specifier");
        }
        std::string specification;
        if (!rest.empty()) specification = run(rest.substr(1), depth - 1);
        if (!markup_) return formatted(renderer_.budget, value, specification);
        if (value.is_markup()) {
            if (!specification.empty()) throw Fault("Unsupported format specification for Markup.");
            return std::string(value.as_text());
        }
        return escaped(formatted(renderer_.budget, value, specification));
    }

    Value look_up(std::string_view name) {
        auto const first_end = std::min(name.find_first_of(".["), name.size());
        auto const first = name.substr(0, first_end);
        Value value = argument(first);
        auto rest = name.substr(first_end);
        while (!rest.empty()) {
            if (rest[0] == '.') {
                auto const end = std::min(rest.find_first_of(".[", 1), rest.size());
                auto const key = Value::text(std::string(rest.substr(1, end - 1)));
                auto const attribute =
                    value.is(Kind::object) ? value.as_thing()->attribute(renderer_, key.as_text()) : Value{};
                if (attribute.is_missing())
                    throw Fault("'" + type_name(value) + "' object has no attribute " + to_repr(key));
                value = attribute;
                rest.remove_prefix(end);
            } else {
                auto const end = rest.find(']');
                if (rest[0] != '[' || end == std::string_view::npos) throw Fault("Missing ']' in format string");
                auto const key = rest.substr(1, end - 1);
                auto const index = as_index(key);
                auto const item =
                    get_item(renderer_, value, index ? Value::integer(*index) : Value::text(std::string(key)));
                if (item.is_undefined()) throw Fault(item.undefined_message());
                value = item;
                rest.remove_prefix(end + 1);
            }
        }
        return value;
    }

    static std::optional<std::int64_t> as_index(std::string_view text) {
        if (text.empty() || text.size() > 9) return std::nullopt;
        std::int64_t index = 0;
        for (char const c : text) {
            if (!is_digit_char(c)) return std::nullopt;
            index = index * 10 + (c - '0');
        }
        return index;
    }

    Value argument(std::string_view name) {
        auto index = as_index(name);
        if (name.empty()) {
            if (next_ < 0) throw Fault("cannot switch from manual field specification to automatic field numbering");
            index = next_++;
        } else if (index) {
            if (next_ > 0) throw Fault("cannot switch from automatic field numbering to manual field specification");
            next_ = -1;
        }
        if (index) {
            if (static_cast<std::size_t>(*index) >= arguments_.positional.size())
                throw Fault("Replacement index " + std::to_string(*index) + " out of range for positional args tuple");
            return arguments_.positional[static_cast<std::size_t>(*index)];
        }
        for (auto const& [known, value] : arguments_.keyword)
            if (known.as_text() == name) return value;
        throw Fault("there is no " + repr_of_text(name) + " to format");
    }

    Renderer& renderer_;
    bool markup_;
    Arguments const& arguments_;
    std::int64_t next_ = 0;
};

}  // namespace

Value format_braces(Renderer& renderer, Value const& format, Arguments const& arguments) {
    renderer.budget.scan(format.as_text().size());
    auto text = BraceFormatter(renderer, format.is_markup(), arguments).run(format.as_text(), 2);
    return make_text(renderer.budget, std::move(text), format.is_markup());
}

}  // namespace soyuz::jinja
