#include <algorithm>
#include <set>

#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/markup_tools.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using V = Value const&;

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
    return make_text(renderer.budget, without_tags(text));
}

std::string quoted(V value, bool for_query) {
    std::string out;
    for (char const c : to_text(value)) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                           c == '.' || c == '-' || c == '~' || (c == '/' && !for_query);
        if (plain) {
            out += c;
        } else if (c == ' ' && for_query) {
            out += '+';
        } else {
            auto const byte = static_cast<unsigned char>(c);
            out += '%';
            out += "0123456789ABCDEF"[byte >> 4U];
            out += "0123456789ABCDEF"[byte & 15U];
        }
    }
    return out;
}

Value urlencode_filter(Renderer& renderer, V value, Bound const&) {
    if (value.is_text() || !is_iterable(value)) return make_text(renderer.budget, quoted(value, false));
    std::string out;
    auto const add = [&](V key, V item) {
        if (!out.empty()) out += '&';
        out += quoted(key, true) + "=" + quoted(item, true);
    };
    if (value.is(Kind::dict)) {
        for (auto const& [key, item] : entries_of(value)) add(key, item);
    } else {
        Items const pairs(renderer.budget, value);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            Items const pair(renderer.budget, pairs.at(i));
            if (pair.size() != 2) throw Fault("urlencode expected pairs");
            add(pair.at(0), pair.at(1));
        }
    }
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
    bool const space = arguments[0].is_missing() || truth(arguments[0]);
    if (space && !out.empty()) out.insert(0, 1, ' ');
    return make_text(renderer.budget, std::move(out), renderer.context().autoescape);
}

Value urlize_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const& [limit, nofollow, target, rel, extra_schemes, a] = arguments;
    LinkStyle style;
    if (!limit.is_missing() && !limit.is_none()) style.max_length = whole(limit, "trim_url_limit");
    std::set<std::string> relations = {"noopener"};
    if (rel.is_text())
        for (auto const word : split_words(rel.as_text())) relations.emplace(word);
    if (!nofollow.is_missing() && truth(nofollow)) relations.insert("nofollow");
    for (auto const& relation : relations) style.relations += (style.relations.empty() ? "" : " ") + relation;
    style.relations = escaped(style.relations);
    if (target.is_text()) style.target = to_html(target);
    if (!extra_schemes.is_missing() && !extra_schemes.is_none()) {
        Items const schemes(renderer.budget, extra_schemes);
        for (std::size_t i = 0; i < schemes.size(); ++i) {
            auto const scheme = schemes.at(i);
            if (!is_uri_scheme(text_of(scheme, "a scheme")))
                throw Fault(to_repr(scheme) + " is not a valid URI scheme prefix.");
            style.extra_schemes.emplace_back(scheme.as_text());
        }
    }
    auto const text = to_html(value);
    renderer.budget.scan(text.size());
    renderer.budget.spend(text.size() * 4);
    return make_text(renderer.budget, with_links(text, style), renderer.context().autoescape);
}

Value tojson_filter(Renderer& renderer, V value, Bound const& arguments) {
    std::string indention;
    bool const pretty = arguments[0].is_text() || arguments[0].is_number();
    if (arguments[0].is_text()) indention = arguments[0].as_text();
    if (arguments[0].is_number()) {
        auto const width = std::max<std::int64_t>(whole(arguments[0], "indent"), 0);
        if (width > 1000) throw Fault("indent is too large");
        indention.assign(static_cast<std::size_t>(width), ' ');
    }
    std::string out;
    append_json(out, renderer.budget, value, pretty ? &indention : nullptr);
    return make_text(renderer.budget, std::move(out), true);
}

}  // namespace

void add_html_filters(Library& library) {
    auto const add = [&](std::initializer_list<char const*> names, Parameters const& parameters,
                         Value (*run)(Renderer&, V, Bound const&)) {
        for (auto const* const name : names) library.filters[name] = {name, parameters, run, nullptr};
    };
    add({"escape", "e"}, {}, escape_filter);
    add({"forceescape"}, {}, forceescape_filter);
    add({"safe"}, {}, safe_filter);
    add({"striptags"}, {}, striptags_filter);
    add({"urlencode"}, {}, urlencode_filter);
    add({"xmlattr"}, {"autospace"}, xmlattr_filter);
    add({"urlize"}, {"trim_url_limit", "nofollow", "target", "rel", "extra_schemes"}, urlize_filter);
    add({"tojson"}, {"indent"}, tojson_filter);
}

}  // namespace soyuz::jinja
