#include <algorithm>

#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

/// Is it something that indices and slices are for?
bool is_indexed(Value const& value) { return value.is_text() || is_sequence(value) || range_in(value) != nullptr; }

/// The element at `index`, missing where there is none; negative ones count from the end.
Value element(Value const& value, std::int64_t index) {
    if (!is_indexed(value)) return {};
    auto const size = length(value);
    if (index < 0) index += size;
    if (index < 0 || index >= size) return {};
    auto const at = static_cast<std::size_t>(index);
    if (!value.is_text()) return Items(value).at(at);
    auto const text = value.as_text();
    auto const start = offset_of(text, at);
    return Value::part(value, text.substr(start, next_character(text, start) - start)).with_markup(value.is_markup());
}

/// An attribute in Python's sense, without looking at items; missing where there is none.
Value attribute_of(Renderer& renderer, Value const& value, Value const& name) {
    auto const text = name.as_text();
    if (value.is(Kind::object)) return value.as_thing()->attribute(renderer, text);
    if (flavour_of(value) == List::Flavour::group && (text == "grouper" || text == "list"))
        return value.as_list()->items[text == "grouper" ? 0 : 1];
    return {};
}

}  // namespace

std::int64_t whole(Value const& value, std::string_view what) {
    if (value.is_whole()) return value.as_integer();
    if (value.is_undefined()) fail_undefined(value);
    throw Fault(std::string(what) + " must be an integer, not " + type_name(value));
}

std::string_view text_of(Value const& value, std::string_view what) {
    if (value.is_text()) return value.as_text();
    if (value.is_undefined()) fail_undefined(value);
    throw Fault(std::string(what) + " must be a string, not " + type_name(value));
}

std::int64_t length(Value const& value) {
    if (value.is_undefined()) return 0;
    if (value.is_text()) return static_cast<std::int64_t>(length_of(value.as_text()));
    if (auto const* const range = range_in(value)) return range->length;
    bool const is_dict = value.is(Kind::dict);
    if (!is_dict && (!value.is(Kind::list) || flavour_of(value) == List::Flavour::generator))
        throw Fault("object of type '" + type_name(value) + "' has no len()");
    return static_cast<std::int64_t>(value.as_json() != nullptr ? json_size(*value.as_json())
                                     : is_dict                  ? value.as_dict()->entries.size()
                                                                : value.as_list()->items.size());
}

Value get_attribute(Renderer& renderer, Value const& value, Value const& name) {
    if (value.is_undefined()) fail_undefined(value);
    Value found = attribute_of(renderer, value, name);
    if (found.is_missing() && value.is(Kind::dict)) found = dict_find(value, name);
    return found.is_missing() ? Value::undefined_attribute(value, name) : found;
}

Value get_item(Renderer& renderer, Value const& value, Value const& key) {
    if (value.is_undefined()) fail_undefined(value);
    if (value.is(Kind::dict)) {
        // What can't be a key is not there, as Jinja has it.
        if (key.is(Kind::list) && flavour_of(key) == List::Flavour::list) return Value::undefined_attribute(value, key);
        if (Value found = dict_find(value, key); !found.is_missing()) return found;
    } else if (key.is_whole()) {
        if (Value found = element(value, key.as_integer()); !found.is_missing()) return found;
    }
    if (key.is_text())
        if (Value found = attribute_of(renderer, value, key); !found.is_missing()) return found;
    return Value::undefined_attribute(value, key);
}

Value get_slice(Budget& budget, Value const& value, Value const& start, Value const& stop, Value const& step) {
    if (value.is_undefined()) fail_undefined(value);
    // Jinja takes the error of slicing something else for a missing element.
    if (!is_indexed(value)) return Value::undefined_because(type_name(value) + " object can't be sliced");
    for (auto const* const part : {&start, &stop, &step})
        if (part->is_given() && !part->is_whole())
            return Value::undefined_because("slice indices must be integers or None, not " + type_name(*part));
    auto const size = length(value);
    auto const by = step.is_given() ? std::clamp(step.as_integer(), -size - 1, size + 1) : 1;
    if (by == 0) throw Fault("slice step cannot be zero");
    auto const bound = [&](Value const& part, std::int64_t otherwise) {
        if (!part.is_given()) return otherwise;
        auto at = part.as_integer();
        if (at < 0) at = at < -size ? -1 : at + size;
        return by > 0 ? std::clamp<std::int64_t>(at, 0, size) : std::clamp<std::int64_t>(at, -1, size - 1);
    };
    Range const places(bound(start, by > 0 ? 0 : size - 1), bound(stop, by > 0 ? size : -1), by);
    budget.scan(static_cast<std::size_t>(size));
    if (value.is_text() && by == 1) {
        auto const text = value.as_text();
        auto const from = offset_of(text, static_cast<std::size_t>(places.start));
        auto const to = offset_of(text, static_cast<std::size_t>(std::max(places.start, places.stop)));
        return Value::part(value, text.substr(from, to - from)).with_markup(value.is_markup());
    }
    Items const items(budget, value);
    std::vector<Value> picked;
    for (std::size_t i = 0; i < static_cast<std::size_t>(places.length); ++i) {
        budget.tick();
        picked.push_back(items.at(static_cast<std::size_t>(places.at(i))));
    }
    if (!value.is_text()) return make_list(budget, std::move(picked), flavour_of(value));
    std::string text;
    for (auto const& character : picked) text += character.as_text();
    return make_text(budget, std::move(text), value.is_markup());
}

}  // namespace soyuz::jinja
