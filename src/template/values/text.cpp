#include "template/values/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "template/values/objects.hpp"

namespace soyuz::jinja {
namespace {

constexpr auto entities = [] {
    std::array<std::string_view, 256> table{};
    table['&'] = "&amp;";
    table['<'] = "&lt;";
    table['>'] = "&gt;";
    table['"'] = "&#34;";
    table['\''] = "&#39;";
    return table;
}();

void append_list_repr(std::string& out, Value const& list, unsigned depth) {
    auto const flavour = flavour_of(list);
    if (flavour == List::Flavour::generator) {
        out += "<generator object>";
        return;
    }
    bool const is_view = flavour > List::Flavour::generator;
    bool const is_tuple = is_sequence(list) && flavour != List::Flavour::list;
    if (is_view) out += type_name(list) + "(";
    out += is_tuple ? '(' : '[';
    Items const items(list);
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) out += ", ";
        append_repr(out, items.at(i), depth + 1);
    }
    if (is_tuple && items.size() == 1) out += ',';
    out += is_tuple ? ')' : ']';
    if (is_view) out += ')';
}

void append_text(std::string& out, Value const& value, unsigned depth) {
    switch (value.kind()) {
        case Kind::missing:
        case Kind::undefined: break;
        case Kind::none: out += "None"; break;
        case Kind::boolean: out += value.as_integer() != 0 ? "True" : "False"; break;
        case Kind::integer: out += std::to_string(value.as_integer()); break;
        case Kind::real: out += repr_of_real(value.as_real()); break;
        case Kind::text: out += value.as_text(); break;
        case Kind::list: append_list_repr(out, value, depth); break;
        case Kind::dict:
            out += '{';
            for (auto const& [key, item] : entries_of(value)) {
                if (out.back() != '{') out += ", ";
                append_repr(out, key, depth + 1);
                out += ": ";
                append_repr(out, item, depth + 1);
            }
            out += '}';
            break;
        case Kind::object: out += value.as_thing()->to_text(); break;
    }
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    std::size_t written = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const& entity = entities[static_cast<unsigned char>(text[i])];
        if (entity.empty()) continue;
        out.append(text, written, i - written);
        out += entity;
        written = i + 1;
    }
    out.append(text, written);
}

void append_hex(std::string& out, std::string_view prefix, std::uint32_t number, int count, std::string_view digits) {
    out += prefix;
    for (int shift = (count - 1) * 4; shift >= 0; shift -= 4) out += digits[(number >> shift) & 15U];
}

void append_piece(std::string& out, Value const& value, bool as_html) {
    if (value.is_text() && (!as_html || value.is_markup())) {
        out += value.as_text();
    } else {
        out += as_html ? to_html(value) : to_text(value);
    }
}

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    append_escaped(out, text);
    return out;
}

std::string to_text(Value const& value) {
    std::string out;
    append_text(out, value, 0);
    return out;
}

std::string to_html(Value const& value) {
    if (value.is_markup()) return std::string(value.as_text());
    if (value.is(Kind::object) && value.as_thing()->is_html()) return value.as_thing()->to_text();
    return value.is_text() ? escaped(value.as_text()) : escaped(to_text(value));
}

void append_repr(std::string& out, Value const& value, unsigned depth) {
    // Namespaces can hold each other in a ring; everything else is bounded when it is built.
    if (depth > 2U * max_container_depth) throw Fault("lists and dicts are nested too deeply");
    if (value.is_text()) {
        if (value.is_markup()) out += "Markup(";
        out += repr_of_text(value.as_text());
        if (value.is_markup()) out += ')';
    } else if (value.is_undefined()) {
        out += "Undefined";
    } else {
        append_text(out, value, depth);
    }
}

std::string to_repr(Value const& value) {
    std::string out;
    append_repr(out, value);
    return out;
}

std::string repr_of_text(std::string_view text) {
    bool const has_single = text.find('\'') != std::string_view::npos;
    bool const has_double = text.find('"') != std::string_view::npos;
    char const quote = has_single && !has_double ? '"' : '\'';
    std::string out(1, quote);
    for (std::size_t at = 0; at < text.size(); at = next_character(text, at)) {
        char32_t const character = character_at(text, at);
        constexpr std::u32string_view letters = U"\n\r\t";
        auto const letter = letters.find(character);
        if (character == static_cast<unsigned char>(quote) || character == '\\') {
            out += '\\';
            out += static_cast<char>(character);
        } else if (letter != letters.npos) {
            out += '\\';
            out += "nrt"[letter];
        } else if (is_printable(character)) {
            out.append(text, at, next_character(text, at) - at);
        } else {
            append_hex(out,
                       character < 0x100     ? "\\x"
                       : character < 0x10000 ? "\\u"
                                             : "\\U",
                       character,
                       character < 0x100     ? 2
                       : character < 0x10000 ? 4
                                             : 8);
        }
    }
    return out + quote;
}

std::string repr_of_real(double number) {
    if (std::isnan(number)) return "nan";
    if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
    std::array<char, 40> buffer;
    auto const written = [&](std::chars_format format) {
        return std::string(buffer.data(), std::to_chars(buffer.begin(), buffer.end(), number, format).ptr);
    };
    auto scientific = written(std::chars_format::scientific);
    auto const exponent = std::stoi(scientific.substr(scientific.find('e') + 1));
    // Python writes what lies between 1e-4 and 1e16 without an exponent.
    if (exponent < -4 || exponent >= 16) return scientific;
    auto const plain = written(std::chars_format::fixed);
    return plain.find('.') == plain.npos ? plain + ".0" : plain;
}

std::string fixed_point(double number, std::int64_t decimals) {
    std::array<char, 700> digits;
    std::snprintf(digits.data(), digits.size(), "%.*f", static_cast<int>(decimals), number);
    return digits.data();
}

}  // namespace soyuz::jinja
