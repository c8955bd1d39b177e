#include "template/values/markup_tools.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

/// The entities that people write by name; those of other alphabets stay as they are.
std::map<std::string_view, char32_t> const& named_entities() {
    static std::map<std::string_view, char32_t> const entities = {
        {"amp", '&'},      {"lt", '<'},       {"gt", '>'},        {"quot", '"'},     {"apos", '\''},
        {"nbsp", 0xa0},    {"iexcl", 0xa1},   {"cent", 0xa2},     {"pound", 0xa3},   {"yen", 0xa5},
        {"sect", 0xa7},    {"copy", 0xa9},    {"laquo", 0xab},    {"reg", 0xae},     {"deg", 0xb0},
        {"plusmn", 0xb1},  {"micro", 0xb5},   {"para", 0xb6},     {"middot", 0xb7},  {"raquo", 0xbb},
        {"frac14", 0xbc},  {"frac12", 0xbd},  {"frac34", 0xbe},   {"iquest", 0xbf},  {"Agrave", 0xc0},
        {"Aacute", 0xc1},  {"Auml", 0xc4},    {"Ccedil", 0xc7},   {"Eacute", 0xc9},  {"Ntilde", 0xd1},
        {"Ouml", 0xd6},    {"times", 0xd7},   {"Uuml", 0xdc},     {"szlig", 0xdf},   {"agrave", 0xe0},
        {"aacute", 0xe1},  {"acirc", 0xe2},   {"auml", 0xe4},     {"aring", 0xe5},   {"aelig", 0xe6},
        {"ccedil", 0xe7},  {"egrave", 0xe8},  {"eacute", 0xe9},   {"ecirc", 0xea},   {"euml", 0xeb},
        {"iacute", 0xed},  {"ntilde", 0xf1},  {"oacute", 0xf3},   {"ocirc", 0xf4},   {"ouml", 0xf6},
        {"divide", 0xf7},  {"oslash", 0xf8},  {"uacute", 0xfa},   {"uuml", 0xfc},    {"ndash", 0x2013},
        {"mdash", 0x2014}, {"lsquo", 0x2018}, {"rsquo", 0x2019},  {"ldquo", 0x201c}, {"rdquo", 0x201d},
        {"bdquo", 0x201e}, {"bull", 0x2022},  {"hellip", 0x2026}, {"euro", 0x20ac},  {"trade", 0x2122},
        {"larr", 0x2190},  {"uarr", 0x2191},  {"rarr", 0x2192},   {"darr", 0x2193},  {"hearts", 0x2665},
    };
    return entities;
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        auto const end = text[at] == '&' ? text.substr(0, at + 40).find(';', at) : std::string_view::npos;
        if (end == std::string_view::npos) {
            out += text[at++];
            continue;
        }
        auto const name = text.substr(at + 1, end - at - 1);
        char32_t character = 0;
        if (name.size() >= 2 && name[0] == '#') {
            bool const hex = name[1] == 'x' || name[1] == 'X';
            for (char const c : name.substr(hex ? 2 : 1)) {
                int const digit = c >= '0' && c <= '9'          ? c - '0'
                                  : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : hex && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                                : -1;
                if (digit < 0 || character > 0x10ffff) {
                    character = 0;
                    break;
                }
                character = character * (hex ? 16 : 10) + static_cast<char32_t>(digit);
            }
            if (character > 0x10ffff || (character >= 0xd800 && character < 0xe000)) character = 0xfffd;
        } else if (auto const known = named_entities().find(name); known != named_entities().end()) {
            character = known->second;
        }
        if (character == 0) {
            out += text[at++];
            continue;
        }
        append_character(out, character);
        at = end + 1;
    }
    return out;
}

/// Removes everything between `open` and `close`, both included; without a `close` the rest stays.
std::string without(std::string_view text, std::string_view open, std::string_view close) {
    std::string out;
    while (true) {
        auto const start = text.find(open);
        auto const end = start == std::string_view::npos ? start : text.find(close, start + open.size());
        if (end == std::string_view::npos) return out.append(text);
        out += text.substr(0, start);
        text.remove_prefix(end + close.size());
    }
}

void append_json_text(std::string& out, std::string_view text) {
    auto const unit = [&](std::uint32_t code) {
        out += "\\u";
        for (int shift = 12; shift >= 0; shift -= 4) out += "0123456789abcdef"[(code >> shift) & 15U];
    };
    out += '"';
    for (std::size_t at = 0; at < text.size(); at = next_character(text, at)) {
        char32_t const c = character_at(text, at);
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            default:
                if (c >= 0x10000) {
                    unit(0xd800 + ((c - 0x10000) >> 10U));
                    unit(0xdc00 + ((c - 0x10000) & 0x3ffU));
                } else if (c < 0x20 || c > 0x7e || c == '<' || c == '>' || c == '&' || c == '\'') {
                    // The last four would be read by an HTML parser.
                    unit(c);
                } else {
                    out += static_cast<char>(c);
                }
        }
    }
    out += '"';
}

std::string json_key(Value const& key) {
    if (key.is_text()) return std::string(key.as_text());
    if (key.is_none()) return "null";
    if (key.is(Kind::boolean)) return key.as_integer() != 0 ? "true" : "false";
    if (key.is_number()) return to_text(key);
    throw Fault("keys must be str, int, float, bool or None, not " + type_name(key));
}

}  // namespace

std::string without_tags(std::string_view html) {
    auto const bare = without(without(html, "<!--", "-->"), "<", ">");
    return unescaped(joined(split_words(bare), " "));
}

void append_json(std::string& out, Budget& budget, Value const& value, std::string const* indention,
                 std::size_t depth) {
    if (depth > 2U * max_container_depth) throw Fault("lists and dicts are nested too deeply");
    auto const line_break = [&](std::size_t level) {
        if (indention == nullptr) return;
        budget.spend(1 + indention->size() * level);
        out += '\n';
        for (std::size_t i = 0; i < level; ++i) out += *indention;
    };
    auto const separate = [&](bool first) {
        if (!first) out += indention == nullptr ? ", " : ",";
        line_break(depth + 1);
    };
    switch (value.kind()) {
        case Kind::none: out += "null"; return;
        case Kind::boolean: out += value.as_integer() != 0 ? "true" : "false"; return;
        case Kind::integer: out += to_text(value); return;
        case Kind::real:
            if (std::isnan(value.as_real())) {
                out += "NaN";
            } else if (std::isinf(value.as_real())) {
                out += value.as_real() < 0 ? "-Infinity" : "Infinity";
            } else {
                out += to_text(value);
            }
            return;
        case Kind::text:
            budget.scan(value.as_text().size());
            append_json_text(out, value.as_text());
            return;
        case Kind::list: {
            if (flavour_of(value) >= List::Flavour::generator && flavour_of(value) != List::Flavour::group) break;
            Items const items(budget, value);
            budget.scan(items.size());
            out += '[';
            for (std::size_t i = 0; i < items.size(); ++i) {
                separate(i == 0);
                append_json(out, budget, items.at(i), indention, depth + 1);
            }
            if (items.size() > 0) line_break(depth);
            out += ']';
            return;
        }
        case Kind::dict: {
            auto entries = entries_of(value);
            budget.scan(entries.size());
            std::stable_sort(entries.begin(), entries.end(),
                             [](auto const& a, auto const& b) { return compare(a.first, b.first) < 0; });
            out += '{';
            bool first = true;
            for (auto const& [key, item] : entries) {
                separate(first);
                first = false;
                append_json_text(out, json_key(key));
                out += ": ";
                append_json(out, budget, item, indention, depth + 1);
            }
            if (!entries.empty()) line_break(depth);
            out += '}';
            return;
        }
        default: break;
    }
    throw Fault("Object of type " + type_name(value) + " is not JSON serializable");
}

}  // namespace soyuz::jinja
