#include <algorithm>

#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/pattern.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using V = Value const&;

/// soft_str: texts stay what they are, everything else becomes text.
Value soft(V value) { return value.is_text() ? value : Value::text(to_text(value)); }

/// Markup stays markup.
template <std::string (*change)(std::string_view)>
Value change_filter(Renderer& renderer, V value, Bound const&) {
    auto const text = soft(value);
    renderer.budget.scan(text.as_text().size());
    return make_text(renderer.budget, change(text.as_text()), text.is_markup());
}

Value title_filter(Renderer& renderer, V value, Bound const&) {
    // Words start behind white space, hyphens and opening brackets, but not behind apostrophes.
    static Pattern const words("[-({\\[<\\p{White_Space}\\x1c-\\x1f]|[^-({\\[<\\p{White_Space}\\x1c-\\x1f]+");
    auto const text = soft(value);
    renderer.budget.scan(text.as_text().size());
    std::string out;
    for (auto const word : words.all(text.as_text())) {
        auto const first = next_character(word, 0);
        out += upper(word.substr(0, first)) + lower(word.substr(first));
    }
    return make_text(renderer.budget, std::move(out));
}

Value trim_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const text = soft(value);
    renderer.budget.scan(text.as_text().size());
    Value characters = arguments[0];
    if (text.is_markup() && characters.is_text()) characters = Value::text(to_html(characters));
    return Value::part(text, stripped(text.as_text(), characters)).with_markup(text.is_markup());
}

Value replace_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const& [old, fresh, count, a, b, c] = arguments;
    auto const times = count.is_given() ? whole(count, "count") : -1;
    bool const by_escape = renderer.context().autoescape;
    Value text = soft(value);
    auto const old_text = soft(old);
    auto const fresh_text = soft(fresh);
    if (!by_escape)
        return make_text(renderer.budget,
                         replaced(renderer.budget, text.as_text(), old_text.as_text(), fresh_text.as_text(), times));
    if (old.is_markup() || (fresh.is_markup() && !value.is_markup())) text = Value::text(to_html(text), true);
    bool const markup = text.is_markup();
    auto const part = [&](V piece) { return markup ? to_html(piece) : std::string(piece.as_text()); };
    return Value::text(replaced(renderer.budget, text.as_text(), part(old_text), part(fresh_text), times), markup);
}

Value truncate_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const& [length_given, kill_words, end_given, leeway_given, a, b] = arguments;
    auto const end = end_given.is_missing() ? Value::borrowed("...") : end_given;
    auto const end_length = static_cast<std::int64_t>(length_of(text_of(end, "end")));
    auto const limit = length_given.is_missing() ? 255 : whole(length_given, "length");
    auto const leeway = leeway_given.is_given() ? whole(leeway_given, "leeway") : 5;
    if (limit < end_length)
        throw Fault("expected length >= " + std::to_string(end_length) + ", found " + std::to_string(limit));
    if (leeway < 0) throw Fault("expected leeway >= 0, found " + std::to_string(leeway));
    auto const size = length(value);
    if (limit > INT64_MAX - leeway || size <= limit + leeway) return value;
    auto const text = text_of(value, "what is truncated");
    renderer.budget.scan(text.size());
    auto cut = text.substr(0, offset_of(text, static_cast<std::size_t>(limit - end_length)));
    if (!flag(kill_words)) cut = cut.substr(0, cut.rfind(' '));
    return apply(renderer.budget, Operator::add, Value::part(value, cut).with_markup(value.is_markup()), end);
}

Value center_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const text = soft(value);
    auto const width = arguments[0].is_missing() ? 80 : whole(arguments[0], "width");
    auto const size = length(text);
    if (width <= size) return text;
    auto const missing = static_cast<std::size_t>(width - size);
    renderer.budget.spend(missing);
    // Python centres an odd rest by this rule.
    auto const before = missing / 2 + (missing & static_cast<std::size_t>(width) & 1U);
    auto out = std::string(before, ' ').append(text.as_text()).append(missing - before, ' ');
    return make_text(renderer.budget, std::move(out), text.is_markup());
}

Value indent_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const text = text_of(value, "what is indented");
    std::string indention;
    if (arguments[0].is_text()) {
        indention = arguments[0].as_text();  // for markup, where the text is
    } else {
        auto const width = arguments[0].is_missing() ? 4 : std::max<std::int64_t>(whole(arguments[0], "width"), 0);
        renderer.budget.spend(static_cast<std::size_t>(width));
        indention.assign(static_cast<std::size_t>(width), ' ');
    }
    std::string const with_end = std::string(text) + '\n';
    renderer.budget.scan(with_end.size());
    std::string out = flag(arguments[1]) ? indention : std::string();
    auto const lines = split_lines(with_end);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) out += '\n';
        if (i > 0 && (flag(arguments[2]) || !lines[i].empty())) {
            renderer.budget.spend(indention.size());
            out += indention;
        }
        out += lines[i];
    }
    return make_text(renderer.budget, std::move(out), value.is_markup());
}

Value wordcount_filter(Renderer& renderer, V value, Bound const&) {
    static Pattern const words("[@w]+");
    auto const text = soft(value);
    renderer.budget.scan(text.as_text().size());
    return Value::integer(static_cast<std::int64_t>(words.all(text.as_text()).size()));
}

Filter const filters[] = {
    {"upper", {}, change_filter<upper>},
    {"lower", {}, change_filter<lower>},
    {"capitalize", {}, change_filter<capitalized>},
    {"title", {}, title_filter},
    {"trim", {"chars"}, trim_filter},
    {"replace", {"old!", "new!", "count"}, replace_filter},
    {"truncate", {"length", "killwords", "end", "leeway"}, truncate_filter},
    {"center", {"width"}, center_filter},
    {"indent", {"width", "first", "blank"}, indent_filter},
    {"wordcount", {}, wordcount_filter},
    {"wordwrap", {"width", "break_long_words", "wrapstring", "break_on_hyphens"}, wordwrap_filter},
    {"string", {}, [](Renderer&, V value, Bound const&) { return soft(value); }},
    {"format", {}, nullptr, format_filter},
    {"pprint", {}, pprint_filter},
};

}  // namespace

std::span<Filter const> text_filters() { return filters; }

}  // namespace soyuz::jinja
