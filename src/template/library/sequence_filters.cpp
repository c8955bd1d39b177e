#include <algorithm>
#include <random>

#include "template/library/library.hpp"
#include "template/values/keys.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {

AttributePath::AttributePath(Value const& attribute) {
    if (attribute.is_missing() || attribute.is_none()) return;
    if (!attribute.is_text()) {
        parts_.push_back(attribute);
        return;
    }
    auto rest = attribute.as_text();
    while (true) {
        auto const dot = rest.find('.');
        auto const part = rest.substr(0, dot);
        bool const is_index = !part.empty() && part.size() < 18 &&
                              std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
        parts_.push_back(is_index ? Value::integer(std::stoll(std::string(part))) : Value::part(attribute, part));
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
}

Value AttributePath::of(Renderer& renderer, Value item, Value const& otherwise) const {
    for (auto const& part : parts_) {
        item = get_item(renderer, item, part);
        if (item.is_undefined() && !otherwise.is_missing() && !otherwise.is_none()) item = otherwise;
    }
    return item;
}

Value without_case(Value const& value) { return value.is_text() ? Value::text(lower(value.as_text())) : value; }

namespace {

using V = Value const&;

bool flag(V value) { return !value.is_missing() && truth(value); }

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
    if (items.size() == 0) return Value::undefined_because("No last item, sequence was empty.");
    return items.at(items.size() - 1);
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

/// The attributes that sort() compares by: "age,name" are two.
std::vector<AttributePath> paths_of(V attribute) {
    std::vector<AttributePath> paths;
    if (!attribute.is_text()) {
        paths.emplace_back(attribute);
        return paths;
    }
    auto rest = attribute.as_text();
    while (true) {
        auto const comma = rest.find(',');
        paths.emplace_back(Value::part(attribute, rest.substr(0, comma)));
        if (comma == std::string_view::npos) return paths;
        rest.remove_prefix(comma + 1);
    }
}

struct Keyed {
    std::vector<Value> keys;
    Value item;
};

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

Value sort_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const& [reverse, case_sensitive, attribute, a, b, c] = arguments;
    auto const paths = paths_of(attribute);
    std::vector<Keyed> keyed;
    for (auto& item : Items(renderer.budget, value).all(renderer.budget)) {
        Keyed entry;
        for (auto const& path : paths) {
            auto const key = path.of(renderer, item);
            entry.keys.push_back(flag(case_sensitive) ? key : without_case(key));
        }
        entry.item = std::move(item);
        keyed.push_back(std::move(entry));
    }
    sort_keyed(renderer, keyed, flag(reverse));
    std::vector<Value> items;
    for (auto& entry : keyed) items.push_back(std::move(entry.item));
    return make_list(renderer.budget, std::move(items));
}

Value dictsort_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const& [case_sensitive, by, reverse, a, b, c] = arguments;
    auto const wanted = by.is_missing() ? std::string_view("key") : text_of(by, "by");
    if (wanted != "key" && wanted != "value") throw Fault("You can only sort by either \"key\" or \"value\"");
    if (value.is_undefined()) fail_undefined(value);
    std::vector<Keyed> keyed;
    for (auto& [key, item] : entries_of(value)) {
        Keyed entry;
        auto const& sorted_by = wanted == "key" ? key : item;
        entry.keys.push_back(flag(case_sensitive) ? sorted_by : without_case(sorted_by));
        entry.item = make_tuple(renderer.budget, {key, item});
        keyed.push_back(std::move(entry));
    }
    sort_keyed(renderer, keyed, flag(reverse));
    std::vector<Value> items;
    for (auto& entry : keyed) items.push_back(std::move(entry.item));
    return make_list(renderer.budget, std::move(items));
}

Value unique_filter(Renderer& renderer, V value, Bound const& arguments) {
    AttributePath const path(arguments[1]);
    Dict seen;
    std::vector<Value> items;
    for (auto& item : Items(renderer.budget, value).all(renderer.budget)) {
        auto key = path.of(renderer, item);
        if (!flag(arguments[0])) key = without_case(key);
        if (seen.find(key) != nullptr) continue;
        seen.set(std::move(key), Value::none());
        items.push_back(std::move(item));
    }
    return make_list(renderer.budget, std::move(items), List::Flavour::generator);
}

Value extreme(Renderer& renderer, V value, Bound const& arguments, int wanted) {
    AttributePath const path(arguments[1]);
    Value best;
    Value best_key;
    for (auto& item : Items(renderer.budget, value).all(renderer.budget)) {
        auto key = path.of(renderer, item);
        if (!flag(arguments[0])) key = without_case(key);
        if (best.is_missing() || compare(key, best_key, wanted < 0 ? "<" : ">") * wanted > 0) {
            best = std::move(item);
            best_key = std::move(key);
        }
    }
    return best.is_missing() ? Value::undefined_because("No aggregated item, sequence was empty.") : best;
}

Value min_filter(Renderer& renderer, V value, Bound const& arguments) {
    return extreme(renderer, value, arguments, -1);
}
Value max_filter(Renderer& renderer, V value, Bound const& arguments) { return extreme(renderer, value, arguments, 1); }

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
    markup = markup && renderer.context().autoescape;
    std::string out;
    auto const add = [&](V piece) {
        auto const before = out.size();
        if (markup) {
            out += to_html(piece);
        } else if (piece.is_text()) {
            out += piece.as_text();
        } else {
            out += to_text(piece);
        }
        renderer.budget.spend(out.size() - before);
    };
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) add(separator);
        add(items[i]);
    }
    return Value::text(std::move(out), markup);
}

Value batch_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const size = whole(arguments[0], "linecount");
    std::vector<Value> batches;
    std::vector<Value> batch;
    auto const flush = [&] {
        batches.push_back(make_list(renderer.budget, std::move(batch)));
        batch.clear();
    };
    for (auto& item : Items(renderer.budget, value).all(renderer.budget)) {
        if (static_cast<std::int64_t>(batch.size()) == size) flush();
        batch.push_back(std::move(item));
    }
    if (!batch.empty()) {
        if (!arguments[1].is_missing() && !arguments[1].is_none()) {
            while (static_cast<std::int64_t>(batch.size()) < size) {
                renderer.budget.spend(sizeof(Value));
                batch.push_back(arguments[1]);
            }
        }
        flush();
    }
    return make_list(renderer.budget, std::move(batches), List::Flavour::generator);
}

Value slice_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const count = whole(arguments[0], "slices");
    auto const items = Items(renderer.budget, value).all(renderer.budget);
    if (count == 0) throw Fault("integer division or modulo by zero");
    std::vector<Value> slices;
    if (count > 0) {
        auto const slice_count = static_cast<std::size_t>(count);
        auto const each = items.size() / slice_count;
        auto const with_extra = items.size() % slice_count;
        auto at = items.begin();
        for (std::size_t i = 0; i < slice_count; ++i) {
            renderer.budget.tick();
            auto const end = at + static_cast<std::ptrdiff_t>(each + (i < with_extra ? 1 : 0));
            std::vector<Value> slice(at, end);
            at = end;
            if (!arguments[1].is_missing() && !arguments[1].is_none() && i >= with_extra) slice.push_back(arguments[1]);
            slices.push_back(make_list(renderer.budget, std::move(slice)));
        }
    }
    return make_list(renderer.budget, std::move(slices), List::Flavour::generator);
}

Value groupby_filter(Renderer& renderer, V value, Bound const& arguments) {
    auto const& [attribute, otherwise, case_sensitive, a, b, c] = arguments;
    AttributePath const path(attribute);
    std::vector<Keyed> keyed;
    for (auto& item : Items(renderer.budget, value).all(renderer.budget)) {
        Keyed entry;
        auto const key = path.of(renderer, item, otherwise);
        entry.keys.push_back(flag(case_sensitive) ? key : without_case(key));
        entry.item = std::move(item);
        keyed.push_back(std::move(entry));
    }
    sort_keyed(renderer, keyed, false);
    std::vector<Value> groups;
    for (std::size_t i = 0; i < keyed.size();) {
        std::vector<Value> members;
        auto const& key = keyed[i].keys[0];
        auto const shown = path.of(renderer, keyed[i].item, otherwise);
        for (; i < keyed.size() && equals(keyed[i].keys[0], key); ++i) members.push_back(keyed[i].item);
        auto group =
            make_list(renderer.budget, {shown, make_list(renderer.budget, std::move(members))}, List::Flavour::group);
        groups.push_back(std::move(group));
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
    if (value.is(Kind::dict) && !has_method(value, name.as_text())) return Value::undefined_attribute(value, name);
    return get_attribute(renderer, value, name);
}

}  // namespace

void add_sequence_filters(Library& library) {
    auto const add = [&](std::initializer_list<char const*> names, Parameters const& parameters,
                         Value (*run)(Renderer&, V, Bound const&)) {
        for (auto const* const name : names) library.filters[name] = {name, parameters, run, nullptr};
    };
    add({"length", "count"}, {}, length_filter);
    add({"first"}, {}, first_filter);
    add({"last"}, {}, last_filter);
    add({"random"}, {}, random_filter);
    add({"list"}, {}, list_filter);
    add({"items"}, {}, items_filter);
    add({"reverse"}, {}, reverse_filter);
    add({"sort"}, {"reverse", "case_sensitive", "attribute"}, sort_filter);
    add({"dictsort"}, {"case_sensitive", "by", "reverse"}, dictsort_filter);
    add({"unique"}, {"case_sensitive", "attribute"}, unique_filter);
    add({"min"}, {"case_sensitive", "attribute"}, min_filter);
    add({"max"}, {"case_sensitive", "attribute"}, max_filter);
    add({"sum"}, {"attribute", "start"}, sum_filter);
    add({"join"}, {"d", "attribute"}, join_filter);
    add({"batch"}, {"linecount!", "fill_with"}, batch_filter);
    add({"slice"}, {"slices!", "fill_with"}, slice_filter);
    add({"groupby"}, {"attribute!", "default", "case_sensitive"}, groupby_filter);
    add({"default", "d"}, {"default_value", "boolean"}, default_filter);
    add({"attr"}, {"name!"}, attr_filter);
}

}  // namespace soyuz::jinja
