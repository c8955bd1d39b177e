#include <algorithm>

#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using V = Value const&;
using R = Renderer&;

/// An argument of a method of markup is escaped first, unless it is markup too.
std::string argument_text(V self, V argument, std::string_view what) {
    auto const text = text_of(argument, what);
    return self.is_markup() && !argument.is_markup() ? escaped(text) : std::string(text);
}

template <std::string (*change)(std::string_view)>
Value changed(R renderer, V self, Bound const&) {
    return make_text(renderer.budget, change(self.as_text()), self.is_markup());
}

template <int side>
Value strip(R, V self, Bound const& arguments) {
    Value characters = arguments[0];
    if (characters.is_text()) characters = Value::text(argument_text(self, characters, "chars"));
    return Value::part(self, stripped(self.as_text(), characters, side)).with_markup(self.is_markup());
}

template <bool at_start>
Value starts_or_ends(R renderer, V self, Bound const& arguments) {
    auto const text = self.as_text();
    auto const holds = [&](V affix) {
        auto const part = text_of(affix, "what a text starts or ends with");
        return at_start ? text.starts_with(part) : text.ends_with(part);
    };
    if (!arguments[0].is(Kind::list)) return Value::boolean(holds(arguments[0]));
    auto const affixes = Items(renderer.budget, arguments[0]).all(renderer.budget);
    return Value::boolean(std::any_of(affixes.begin(), affixes.end(), holds));
}

Value replace(R renderer, V self, Bound const& arguments) {
    auto const old = argument_text(self, arguments[0], "old");
    auto const fresh = argument_text(self, arguments[1], "new");
    auto const count = arguments[2].is_missing() ? -1 : whole(arguments[2], "count");
    return Value::text(replaced(renderer.budget, self.as_text(), old, fresh, count), self.is_markup());
}

Value split(R renderer, V self, Bound const& arguments) {
    auto left = arguments[1].is_missing() ? -1 : whole(arguments[1], "maxsplit");
    bool const by_space = !arguments[0].is_given();
    auto const separator = by_space ? std::string_view() : text_of(arguments[0], "sep");
    if (!by_space && separator.empty()) throw Fault("empty separator");
    std::vector<Value> parts;
    auto text = by_space ? stripped(self.as_text(), {}, -1) : self.as_text();
    while (!by_space || !text.empty()) {
        auto end = text.npos;
        if (left-- != 0) end = by_space ? end_of_word(text) : text.find(separator);
        bool const is_last = end >= text.size();
        auto const part = text.substr(0, end);
        parts.push_back(Value::part(self, by_space ? stripped(part, {}, 1) : part).with_markup(self.is_markup()));
        if (is_last) break;
        text = by_space ? stripped(text.substr(end), {}, -1) : text.substr(end + separator.size());
    }
    return make_list(renderer.budget, std::move(parts));
}

Value join(R renderer, V self, Bound const& arguments) {
    auto const items = Items(renderer.budget, arguments[0]).all(renderer.budget);
    for (auto const& item : items)
        if (!self.is_markup() && !item.is_text())
            throw Fault("sequence item: expected str instance, " + type_name(item) + " found");
    return joined(renderer.budget, items, self, self.is_markup());
}

template <List::Flavour flavour>
Value dict_view(R renderer, V self, Bound const&) {
    std::vector<Value> items;
    for (auto& [key, item] : entries_of(self)) {
        if (flavour == List::Flavour::keys) items.push_back(std::move(key));
        if (flavour == List::Flavour::values) items.push_back(std::move(item));
        if (flavour == List::Flavour::items) items.push_back(make_tuple(renderer.budget, {key, item}));
    }
    return make_list(renderer.budget, std::move(items), flavour);
}

Value dict_get(R, V self, Bound const& arguments) {
    auto found = dict_find(self, arguments[0]);
    if (!found.is_missing()) return found;
    return arguments[1].is_missing() ? Value::none() : arguments[1];
}

Filter const text_methods[] = {
    {"upper", {}, changed<upper>},
    {"lower", {}, changed<lower>},
    {"capitalize", {}, changed<capitalized>},
    {"title", {}, changed<titled>},
    {"strip", {"chars"}, strip<0>},
    {"lstrip", {"chars"}, strip<-1>},
    {"rstrip", {"chars"}, strip<1>},
    {"startswith", {"prefix!"}, starts_or_ends<true>},
    {"endswith", {"suffix!"}, starts_or_ends<false>},
    {"replace", {"old!", "new!", "count"}, replace},
    {"split", {"sep", "maxsplit"}, split},
    {"join", {"iterable!"}, join},
};

Filter const dict_methods[] = {
    {"keys", {}, dict_view<List::Flavour::keys>},
    {"values", {}, dict_view<List::Flavour::values>},
    {"items", {}, dict_view<List::Flavour::items>},
    {"get", {"key!", "default"}, dict_get},
};

Filter const* find_in(std::span<Filter const> methods, std::string_view name) {
    auto const found = std::ranges::find(methods, name, &Filter::name);
    return found == methods.end() ? nullptr : &*found;
}

Filter const* find_method(Value const& value, std::string_view name) {
    if (value.is_text()) return find_in(text_methods, name);
    return value.is(Kind::dict) ? find_in(dict_methods, name) : nullptr;
}

}  // namespace

bool has_method(Value const& value, std::string_view name) { return find_method(value, name) != nullptr; }

bool is_method_name(std::string_view name) {
    return find_in(text_methods, name) != nullptr || find_in(dict_methods, name) != nullptr;
}

Value call_method(Renderer& renderer, Value const& self, std::string_view name, Arguments arguments) {
    renderer.budget.tick();
    if (self.is_text()) renderer.budget.scan(self.as_text().size());
    auto const* const method = find_method(self, name);
    return method->run(renderer, self, bind_arguments(name, method->parameters, std::move(arguments)));
}

}  // namespace soyuz::jinja
