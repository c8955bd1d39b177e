#include <algorithm>
#include <random>

#include "template/library/attribute_path.hpp"
#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {

namespace {

using V = Value const&;

/// What items are compared by: texts in lower case, unless their case counts.
Value key_of(V value, V case_sensitive) {
    return value.is_text() && !flag(case_sensitive) ? Value::text(lower(value.as_text())) : value;
}

Value length_filter(Renderer& renderer, V value, Bound const&) {
    if (value.is_text()) renderer.budget.scan(value.as_text().size());
    return Value::integer(length(value));
}

Value first_filter(Renderer& renderer, V value, Bound const&) {
    if (value.is_text() && !value.as_text().empty())
        return Value::part(value, value.as_text().substr(0, next_character(value.as_text(), 0)));
    Items const items(renderer.budget, value);
    return items.size() > 0 ? items.at(0) : Value::undefined_because("No first item, sequence was empty.");
}

Value last_filter(Renderer& renderer, V value, Bound const&) {
    if (value.is(Kind::list) && flavour_of(value) == List::Flavour::generator)
        throw Fault("'generator' object is not reversible");
    Items const items(renderer.budget, value);
    return items.size() > 0 ? items.at(items.size() - 1)
                            : Value::undefined_because("No last item, sequence was empty.");
}

Value random_filter(Renderer& renderer, V value, Bound const&) {
    auto const size = length(value);
    if (size == 0) return Value::undefined_because("No random item, sequence was empty.");
    renderer.touch(0);
    thread_local std::minstd_rand generator(std::random_device{}());
    return get_item(renderer, value,
                    Value::integer(std::uniform_int_distribution<std::int64_t>(0, size - 1)(generator)));
}

Value list_filter(Renderer& renderer, V value, Bound const&) {
    return make_list(renderer.budget, Items(renderer.budget, value).all(renderer.budget));
}

Value items_filter(Renderer& renderer, V value, Bound const&) {
    std::vector<Value> pairs;
    if (!value.is_undefined()) {
        if (!value.is(Kind::dict)) throw Fault("Can only get item pairs from a mapping.");
        for (auto& [key, item] : entries_of(value)) pairs.push_back(make_tuple(renderer.budget, {key, item}));
    }
    return make_list(renderer.budget, std::move(pairs), List::Flavour::generator);
}

Value reverse_filter(Renderer& renderer, V value, Bound const&) {
    if (value.is_text()) return get_slice(renderer.budget, value, {}, {}, Value::integer(-1));
    auto items = Items(renderer.budget, value).all(renderer.budget);
    std::reverse(items.begin(), items.end());
    return make_list(renderer.budget, std::move(items), List::Flavour::generator);
}

struct Keyed {
    std::vector<Value> keys;
    Value item;
};

std::vector<Keyed> keyed(Renderer& renderer, V items, std::vector<AttributePath> const& paths, V case_sensitive,
                         V otherwise = {}) {
    std::vector<Keyed> all;
    for (auto& item : Items(renderer.budget, items).all(renderer.budget)) {
        auto& entry = all.emplace_back();
        for (auto const& path : paths) entry.keys.push_back(key_of(path.of(renderer, item, otherwise), case_sensitive));
        entry.item = std::move(item);
    }
    return all;
}

/// Stable, also when reversed, as Python's sorted().
void sort_keyed(Renderer& renderer, std::vector<Keyed>& items, bool reverse) {
    auto const before = [&](Keyed const& left, Keyed const& right) {
        renderer.budget.scan(1);
        for (std::size_t i = 0; i < left.keys.size(); ++i) {
            if (left.keys.size() > 1 && equals(left.keys[i], right.keys[i])) continue;
            auto const order = compare(left.keys[i], right.keys[i]);
            if (order != 0) return order < 0;
        }
        return false;
    };
    if (reverse) std::reverse(items.begin(), items.end());
    std::stable_sort(items.begin(), items.end(), before);
    if (reverse) std::reverse(items.begin(), items.end());
}

Value sorted(Renderer& renderer, std::vector<Keyed> keyed, V reverse) {
    sort_keyed(renderer, keyed, flag(reverse));
    std::vector<Value> items;
    for (auto& entry : keyed) items.push_back(std::move(entry.item));
    return make_list(renderer.budget, std::move(items));
}

Value sort_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const& [reverse, case_sensitive, attribute, a, b, c] = arguments;
    std::vector<AttributePath> paths;  // "age,name" are two
    if (!attribute.is_text()) paths.emplace_back(attribute);
    if (attribute.is_text())
        for (auto const path : split_at(attribute.as_text(), ",")) paths.emplace_back(Value::part(attribute, path));
    return sorted(renderer, keyed(renderer, value, paths, case_sensitive), reverse);
}

Value dictsort_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const& [case_sensitive, by, reverse, a, b, c] = arguments;
    auto const wanted = by.is_missing() ? std::string_view("key") : text_of(by, "by");
    if (wanted != "key" && wanted != "value") throw Fault("You can only sort by either \"key\" or \"value\"");
    if (value.is_undefined()) fail_undefined(value);
    AttributePath const path(Value::integer(wanted == "key" ? 0 : 1));
    return sorted(renderer, keyed(renderer, items_filter(renderer, value, {}), {path}, case_sensitive), reverse);
}

Value unique_filter(Renderer& renderer, V value, Bound const& arguments) {
    AttributePath const path(arguments[1]);
    Dict seen;
    std::vector<Value> items;
    for (auto& item : Items(renderer.budget, value).all(renderer.budget)) {
        auto key = key_of(path.of(renderer, item), arguments[0]);
        if (!seen.get(key).is_missing()) continue;
        seen.set(std::move(key), Value::none());
        items.push_back(std::move(item));
    }
    return make_list(renderer.budget, std::move(items), List::Flavour::generator);
}

template <int wanted>
Value extreme_filter(Renderer& renderer, V value, Bound const& arguments) {
    AttributePath const path(arguments[1]);
    Value best;
    Value best_key;
    for (auto& item : Items(renderer.budget, value).all(renderer.budget)) {
        auto key = key_of(path.of(renderer, item), arguments[0]);
        if (best.is_missing() || compare(key, best_key, wanted < 0 ? "<" : ">") * wanted > 0) {
            best = std::move(item);
            best_key = std::move(key);
        }
    }
    return best.is_missing() ? Value::undefined_because("No aggregated item, sequence was empty.") : best;
}

Value sum_filter(Renderer& renderer, V value, Bound const& arguments) {
    AttributePath const path(arguments[0]);
    Value sum = arguments[1].is_missing() ? Value::integer(0) : arguments[1];
    if (sum.is_text()) throw Fault("sum() can't sum strings [use ''.join(seq) instead]");
    for (auto const& item : Items(renderer.budget, value).all(renderer.budget))
        sum = apply(renderer.budget, Operator::add, sum, path.of(renderer, item));
    return sum;
}

Value join_filter(Renderer& renderer, V value, Bound const& arguments) {
    AttributePath const path(arguments[1]);
    auto const separator = arguments[0].is_missing() ? Value::borrowed("") : arguments[0];
    std::vector<Value> items;
    bool markup = separator.is_markup();
    for (auto const& item : Items(renderer.budget, value).all(renderer.budget)) {
        items.push_back(path.of(renderer, item));
        markup = markup || items.back().is_markup();
    }
    return joined(renderer.budget, items, separator, markup && renderer.context().autoescape);
}

Value batch_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const size = whole(arguments[0], "linecount");
    std::vector<Value> batches;
    std::vector<Value> batch;
    auto const flush = [&] { batches.push_back(make_list(renderer.budget, std::exchange(batch, {}))); };
    for (auto& item : Items(renderer.budget, value).all(renderer.budget)) {
        if (static_cast<std::int64_t>(batch.size()) == size) flush();
        batch.push_back(std::move(item));
    }
    while (arguments[1].is_given() && !batch.empty() && static_cast<std::int64_t>(batch.size()) < size) {
        renderer.budget.spend(sizeof(Value));
        batch.push_back(arguments[1]);
    }
    if (!batch.empty()) flush();
    return make_list(renderer.budget, std::move(batches), List::Flavour::generator);
}

Value slice_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const count = whole(arguments[0], "slices");
    auto const items = Items(renderer.budget, value).all(renderer.budget);
    if (count == 0) throw Fault("integer division or modulo by zero");
    std::vector<Value> slices;
    auto const slice_count = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
    auto at = items.begin();
    for (std::size_t i = 0; i < slice_count; ++i) {
        renderer.budget.tick();
        bool const has_extra = i < items.size() % slice_count;
        auto const end = at + static_cast<std::ptrdiff_t>(items.size() / slice_count + (has_extra ? 1 : 0));
        std::vector<Value> slice(at, end);
        at = end;
        if (arguments[1].is_given() && !has_extra) slice.push_back(arguments[1]);
        slices.push_back(make_list(renderer.budget, std::move(slice)));
    }
    return make_list(renderer.budget, std::move(slices), List::Flavour::generator);
}

Value groupby_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const& [attribute, otherwise, case_sensitive, a, b, c] = arguments;
    AttributePath const path(attribute);
    auto entries = keyed(renderer, value, {path}, case_sensitive, otherwise);
    sort_keyed(renderer, entries, false);
    std::vector<Value> groups;
    for (std::size_t i = 0; i < entries.size();) {
        std::vector<Value> members;
        auto const& key = entries[i].keys[0];
        auto const shown = path.of(renderer, entries[i].item, otherwise);
        for (; i < entries.size() && equals(entries[i].keys[0], key); ++i) members.push_back(entries[i].item);
        groups.push_back(
            make_list(renderer.budget, {shown, make_list(renderer.budget, std::move(members))}, List::Flavour::group));
    }
    return make_list(renderer.budget, std::move(groups));
}

Value default_filter(Renderer&, V value, Bound const& arguments) {
    if (!value.is_undefined() && !(flag(arguments[1]) && !truth(value))) return value;
    return arguments[0].is_missing() ? Value::borrowed("") : arguments[0];
}

Value attr_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const& name = arguments[0];
    text_of(name, "the name of an attribute");
    if (value.is_undefined()) fail_undefined(value);
    // Attributes only, never items.
    if (value.is(Kind::dict)) return Value::undefined_attribute(value, name);
    return get_attribute(renderer, value, name);
}

Filter const filters[] = {
    {"length", {}, length_filter},
    {"count", {}, length_filter},
    {"first", {}, first_filter},
    {"last", {}, last_filter},
    {"random", {}, random_filter},
    {"list", {}, list_filter},
    {"items", {}, items_filter},
    {"reverse", {}, reverse_filter},
    {"sort", {"reverse", "case_sensitive", "attribute"}, sort_filter},
    {"dictsort", {"case_sensitive", "by", "reverse"}, dictsort_filter},
    {"unique", {"case_sensitive", "attribute"}, unique_filter},
    {"min", {"case_sensitive", "attribute"}, extreme_filter<-1>},
    {"max", {"case_sensitive", "attribute"}, extreme_filter<1>},
    {"sum", {"attribute", "start"}, sum_filter},
    {"join", {"d", "attribute"}, join_filter},
    {"batch", {"linecount!", "fill_with"}, batch_filter},
    {"slice", {"slices!", "fill_with"}, slice_filter},
    {"groupby", {"attribute!", "default", "case_sensitive"}, groupby_filter},
    {"default", {"default_value", "boolean"}, default_filter},
    {"d", {"default_value", "boolean"}, default_filter},
    {"attr", {"name!"}, attr_filter},
};

}  // namespace

std::span<Filter const> sequence_filters() { return filters; }

}  // namespace soyuz::jinja
