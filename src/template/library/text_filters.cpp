#include <algorithm>

#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"
#include "template/values/wrapping.hpp"

namespace soyuz::jinja {
namespace {

using V = Value const&;

/// soft_str: texts stay what they are, everything else becomes text.
Value soft(V value) { return value.is_text() ? value : Value::text(to_text(value)); }

bool flag(V value, bool otherwise) { return value.is_missing() ? otherwise : truth(value); }

/// Applies `change` to the text; markup stays markup.
template <class Change>
Value changed(Renderer& renderer, V value, Change const& change) {
    auto const text = soft(value);
    renderer.budget.scan(text.as_text().size());
    return make_text(renderer.budget, change(text.as_text()), text.is_markup());
}

Value upper_filter(Renderer& renderer, V value, Bound const&) { return changed(renderer, value, upper); }
Value lower_filter(Renderer& renderer, V value, Bound const&) { return changed(renderer, value, lower); }
Value capitalize_filter(Renderer& renderer, V value, Bound const&) { return changed(renderer, value, capitalized); }

Value title_filter(Renderer& renderer, V value, Bound const&) {
    // Words start behind white space, hyphens and opening brackets, but not behind apostrophes.
    auto const text = soft(value);
    std::string out;
    bool starts = true;
    renderer.budget.scan(text.as_text().size());
    std::string word;
    auto const flush = [&] {
        if (word.empty()) return;
        auto const first = next_character(word, 0);
        out += upper(std::string_view(word).substr(0, first)) + lower(std::string_view(word).substr(first));
        word.clear();
    };
    for (auto const character : characters_of(text.as_text())) {
        char32_t const c = character_at(character, 0);
        starts = is_space(c) || std::u32string_view(U"-({[<").find(c) != std::u32string_view::npos;
        if (starts) {
            flush();
            out += character;
        } else {
            word += character;
        }
    }
    flush();
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
    auto const times = count.is_missing() || count.is_none() ? -1 : whole(count, "count");
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
    auto const leeway = leeway_given.is_missing() || leeway_given.is_none() ? 5 : whole(leeway_given, "leeway");
    if (limit < end_length)
        throw Fault("expected length >= " + std::to_string(end_length) + ", found " + std::to_string(limit));
    if (leeway < 0) throw Fault("expected leeway >= 0, found " + std::to_string(leeway));
    auto const size = length(value);
    if (limit > INT64_MAX - leeway || size <= limit + leeway) return value;
    auto const text = text_of(value, "what is truncated");
    renderer.budget.scan(text.size());
    auto cut = text.substr(0, offset_of(text, static_cast<std::size_t>(limit - end_length)));
    if (!flag(kill_words, false)) {
        auto const space = cut.rfind(' ');
        if (space != std::string_view::npos) cut = cut.substr(0, space);
    }
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
    std::string out(before, ' ');
    out += text.as_text();
    out.append(missing - before, ' ');
    return make_text(renderer.budget, std::move(out), text.is_markup());
}

Value indent_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const text = text_of(value, "what is indented");
    std::string indention;
    if (arguments[0].is_text()) {
        indention = value.is_markup() ? to_html(arguments[0]) : std::string(arguments[0].as_text());
        // Jinja takes a given indention for markup where the text is.
        if (value.is_markup()) indention = arguments[0].as_text();
    } else {
        auto const width = arguments[0].is_missing() ? 4 : std::max<std::int64_t>(whole(arguments[0], "width"), 0);
        renderer.budget.spend(static_cast<std::size_t>(width));
        indention.assign(static_cast<std::size_t>(width), ' ');
    }
    bool const blank = flag(arguments[2], false);
    std::string with_end(text);
    with_end += '\n';
    renderer.budget.scan(with_end.size());
    std::string out = flag(arguments[1], false) ? indention : std::string();
    auto const lines = split_lines(with_end);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) {
            out += '\n';
            if (blank || !lines[i].empty()) {
                renderer.budget.spend(indention.size());
                out += indention;
            }
        }
        out += lines[i];
    }
    return make_text(renderer.budget, std::move(out), value.is_markup());
}

Value wordcount_filter(Renderer& renderer, V value, Bound const&) {
    auto const text = soft(value);
    renderer.budget.scan(text.as_text().size());
    std::int64_t count = 0;
    bool inside = false;
    for (std::size_t at = 0; at < text.as_text().size(); at = next_character(text.as_text(), at)) {
        bool const word = is_word(character_at(text.as_text(), at));
        if (word && !inside) ++count;
        inside = word;
    }
    return Value::integer(count);
}

Value wordwrap_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const width = arguments[0].is_missing() ? 79 : whole(arguments[0], "width");
    if (width <= 0) throw Fault("invalid width " + std::to_string(width) + " (must be > 0)");
    bool const break_long_words = flag(arguments[1], true);
    auto const separator = arguments[2].is_missing() || arguments[2].is_none() ? Value::borrowed("\n") : arguments[2];
    bool const break_on_hyphens = flag(arguments[3], true);
    auto const text = text_of(value, "what is wrapped");
    renderer.budget.scan(text.size() * 8);
    std::string out;
    bool first = true;
    for (auto const line : split_lines(text)) {
        auto const wrapped = wrap(line, static_cast<std::size_t>(width), break_long_words, break_on_hyphens);
        std::string paragraph;
        for (auto const& piece : wrapped) {
            if (&piece != &wrapped.front()) paragraph += text_of(separator, "wrapstring");
            paragraph += separator.is_markup() ? escaped(piece) : piece;
        }
        if (!first) out += text_of(separator, "wrapstring");
        first = false;
        out += paragraph;
        renderer.budget.spend(paragraph.size());
    }
    return make_text(renderer.budget, std::move(out), separator.is_markup());
}

Value string_filter(Renderer&, V value, Bound const&) { return soft(value); }

}  // namespace

void add_text_filters(Library& library) {
    auto const add = [&](char const* name, Parameters parameters, Value (*run)(Renderer&, V, Bound const&)) {
        library.filters[name] = {name, std::move(parameters), run, nullptr};
    };
    add("upper", {}, upper_filter);
    add("lower", {}, lower_filter);
    add("capitalize", {}, capitalize_filter);
    add("title", {}, title_filter);
    add("trim", {"chars"}, trim_filter);
    add("replace", {"old!", "new!", "count"}, replace_filter);
    add("truncate", {"length", "killwords", "end", "leeway"}, truncate_filter);
    add("center", {"width"}, center_filter);
    add("indent", {"width", "first", "blank"}, indent_filter);
    add("wordcount", {}, wordcount_filter);
    add("wordwrap", {"width", "break_long_words", "wrapstring", "break_on_hyphens"}, wordwrap_filter);
    add("string", {}, string_filter);
    library.filters["format"] = {"format", {}, nullptr, format_filter};
}

}  // namespace soyuz::jinja
