#include <algorithm>
#include <charconv>
#include <map>

#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/pattern.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using V = Value const&;

/// The entities that people write by name; those of other alphabets stay as they are.
std::map<std::string_view, char32_t> const named_entities = {
    {"amp", '&'},      {"lt", '<'},       {"gt", '>'},        {"quot", '"'},      {"apos", '\''},    {"nbsp", 0xa0},
    {"iexcl", 0xa1},   {"cent", 0xa2},    {"pound", 0xa3},    {"yen", 0xa5},      {"sect", 0xa7},    {"copy", 0xa9},
    {"laquo", 0xab},   {"reg", 0xae},     {"deg", 0xb0},      {"plusmn", 0xb1},   {"micro", 0xb5},   {"para", 0xb6},
    {"middot", 0xb7},  {"raquo", 0xbb},   {"frac14", 0xbc},   {"frac12", 0xbd},   {"frac34", 0xbe},  {"iquest", 0xbf},
    {"Agrave", 0xc0},  {"Aacute", 0xc1},  {"Auml", 0xc4},     {"Ccedil", 0xc7},   {"Eacute", 0xc9},  {"Ntilde", 0xd1},
    {"Ouml", 0xd6},    {"times", 0xd7},   {"Uuml", 0xdc},     {"szlig", 0xdf},    {"agrave", 0xe0},  {"aacute", 0xe1},
    {"acirc", 0xe2},   {"auml", 0xe4},    {"aring", 0xe5},    {"aelig", 0xe6},    {"ccedil", 0xe7},  {"egrave", 0xe8},
    {"eacute", 0xe9},  {"ecirc", 0xea},   {"euml", 0xeb},     {"iacute", 0xed},   {"ntilde", 0xf1},  {"oacute", 0xf3},
    {"ocirc", 0xf4},   {"ouml", 0xf6},    {"divide", 0xf7},   {"oslash", 0xf8},   {"uacute", 0xfa},  {"uuml", 0xfc},
    {"ndash", 0x2013}, {"mdash", 0x2014}, {"lsquo", 0x2018},  {"rsquo", 0x2019},  {"ldquo", 0x201c}, {"rdquo", 0x201d},
    {"bdquo", 0x201e}, {"bull", 0x2022},  {"hellip", 0x2026}, {"euro", 0x20ac},   {"trade", 0x2122}, {"larr", 0x2190},
    {"uarr", 0x2191},  {"rarr", 0x2192},  {"darr", 0x2193},   {"hearts", 0x2665},
};

char32_t character_of_entity(std::string_view name) {
    if (name[0] != '#') {
        auto const known = named_entities.find(name);
        return known == named_entities.end() ? 0 : known->second;
    }
    bool const hex = name[1] == 'x' || name[1] == 'X';
    auto const digits = name.substr(hex ? 2 : 1);
    std::uint32_t number = 0;
    auto const error = std::from_chars(digits.data(), digits.data() + digits.size(), number, hex ? 16 : 10).ec;
    return error != std::errc{} || number > 0x10ffff || (number >= 0xd800 && number < 0xe000) ? 0xfffd : number;
}

std::string unescaped(std::string_view text) {
    static Pattern const entities("&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z0-9]+);");
    std::string out;
    auto const* written = text.data();
    for (auto const entity : entities.all(text)) {
        out.append(written, entity.data());
        written = entity.data() + entity.size();
        auto const character = character_of_entity(entity.substr(1, entity.size() - 2));
        if (character == 0) out += entity;
        if (character != 0) append_character(out, character);
    }
    return out.append(written, text.data() + text.size());
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

Value escape_filter(Renderer& renderer, V value, Bound const&) {
    return value.is_markup() ? value : make_text(renderer.budget, to_html(value), true);
}

Value forceescape_filter(Renderer& renderer, V value, Bound const&) {
    return make_text(renderer.budget, escaped(to_text(value)), true);
}

Value safe_filter(Renderer& renderer, V value, Bound const&) {
    return value.is_text() ? value.with_markup(true) : make_text(renderer.budget, to_text(value), true);
}

Value striptags_filter(Renderer& renderer, V value, Bound const&) {
    auto const text = to_text(value);
    renderer.budget.scan(text.size());
    auto const bare = without(without(text, "<!--", "-->"), "<", ">");
    return make_text(renderer.budget, unescaped(joined(split_words(bare), " ")));
}

std::string quoted(V value, bool for_query) {
    std::string_view const safe = for_query ? "_.-~" : "_.-~/";
    std::string out;
    for (char const c : to_text(value)) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || safe.find(c) != safe.npos) {
            out += c;
        } else if (c == ' ' && for_query) {
            out += '+';
        } else {
            append_hex(out, "%", static_cast<unsigned char>(c), 2, "0123456789ABCDEF");
        }
    }
    return out;
}

Value urlencode_filter(Renderer& renderer, V value, Bound const&) {
    if (value.is_text() || !is_iterable(value)) return make_text(renderer.budget, quoted(value, false));
    std::string out;
    for (auto const& [key, item] : pairs_of(renderer.budget, value, "urlencode"))
        out += (out.empty() ? "" : "&") + quoted(key, true) + "=" + quoted(item, true);
    return make_text(renderer.budget, std::move(out));
}

Value xmlattr_filter(Renderer& renderer, V value, Bound const& arguments) {
    if (value.is_undefined()) fail_undefined(value);
    std::string out;
    for (auto const& [key, item] : entries_of(value)) {
        if (item.is_none() || item.is_undefined()) continue;
        auto const name = text_of(key, "the name of an attribute");
        if (name.find_first_of(" \t\n\r\f\v/>=") != std::string_view::npos)
            throw Fault("invalid character in attribute name: " + repr_of_text(name));
        if (!out.empty()) out += ' ';
        out += to_html(key) + "=\"" + to_html(item) + "\"";
    }
    if (flag(arguments[0], true) && !out.empty()) out.insert(0, 1, ' ');
    return make_text(renderer.budget, std::move(out), renderer.context().autoescape);
}

Value tojson_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const indention = arguments[0].is_given() ? std::max<std::int64_t>(whole(arguments[0], "indent"), 0) : -1;
    if (indention > 1000) throw Fault("indent is too large");
    std::string out;
    append_json(out, renderer.budget, value, indention);
    return make_text(renderer.budget, std::move(out), true);
}

Filter const filters[] = {
    {"escape", {}, escape_filter},
    {"e", {}, escape_filter},
    {"forceescape", {}, forceescape_filter},
    {"safe", {}, safe_filter},
    {"striptags", {}, striptags_filter},
    {"urlencode", {}, urlencode_filter},
    {"xmlattr", {"autospace"}, xmlattr_filter},
    {"urlize", {"trim_url_limit", "nofollow", "target", "rel", "extra_schemes"}, urlize_filter},
    {"tojson", {"indent"}, tojson_filter},
};

}  // namespace

std::span<Filter const> html_filters() { return filters; }

}  // namespace soyuz::jinja
