#include "template/values/objects.hpp"

#include <algorithm>
#include <functional>

#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

constexpr std::size_t entries_worth_an_index = 8;

std::size_t hash_of(Value const& value) {
    switch (value.kind()) {
        case Kind::boolean:
        case Kind::integer:
        case Kind::real: return std::hash<double>{}(value.as_real());
        case Kind::text: return std::hash<std::string_view>{}(value.as_text());
        case Kind::list: {
            if (!is_sequence(value) || flavour_of(value) == List::Flavour::list)
                throw Fault("unhashable type: '" + type_name(value) + "'");
            std::size_t hash = 17;
            for (auto const& item : value.as_list()->items) hash = hash * 31 + hash_of(item);
            return hash;
        }
        case Kind::dict: throw Fault("unhashable type: 'dict'");
        case Kind::object: return std::hash<void const*>{}(value.as_thing());
        default: return static_cast<std::size_t>(value.kind());
    }
}

}  // namespace

std::size_t Dict::position(Value const& key) const {
    auto const hash = hash_of(key);
    if (index_.empty()) {
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (equals(entries[i].first, key)) return i;
        return entries.size();
    }
    auto const [begin, end] = index_.equal_range(hash);
    for (auto at = begin; at != end; ++at)
        if (equals(entries[at->second].first, key)) return at->second;
    return entries.size();
}

Value Dict::get(Value const& key) const {
    auto const at = position(key);
    return at < entries.size() ? entries[at].second : Value{};
}

void Dict::set(Value key, Value value) {
    depth = depth_with(key, depth_with(value, depth));
    auto const at = position(key);
    if (at < entries.size()) {
        entries[at].second = std::move(value);
        return;
    }
    entries.emplace_back(std::move(key), std::move(value));
    if (entries.size() < entries_worth_an_index) return;
    if (index_.empty()) {
        for (std::size_t i = 0; i < entries.size(); ++i) index_.emplace(hash_of(entries[i].first), i);
    } else {
        index_.emplace(hash_of(entries.back().first), entries.size() - 1);
    }
}

Value Arguments::take(std::string_view name) {
    for (auto at = keyword.begin(); at != keyword.end(); ++at) {
        if (at->first.as_text() != name) continue;
        Value value = std::move(at->second);
        keyword.erase(at);
        return value;
    }
    return {};
}

void Arguments::refuse_keywords(std::string_view function) const {
    if (!keyword.empty())
        throw Fault(std::string(function) + "() takes no keyword argument " +
                    repr_of_text(keyword.front().first.as_text()));
}

Range const* range_in(Value const& value) {
    return value.is(Kind::object) ? dynamic_cast<Range const*>(value.as_thing()) : nullptr;
}

Value Thing::call(Renderer&, Arguments) { throw Fault("'" + std::string(type_name()) + "' object is not callable"); }

Range::Range(std::int64_t first, std::int64_t end, std::int64_t distance) : start(first), stop(end), step(distance) {
    auto const stride = step > 0 ? step : -step;
    auto const way = step > 0 ? stop - start : start - stop;
    length = way <= 0 ? 0 : (way + stride - 1) / stride;
}

std::string Range::to_text() const {
    std::string text = "range(" + std::to_string(start) + ", " + std::to_string(stop);
    if (step != 1) text += ", " + std::to_string(step);
    return text + ")";
}

std::uint16_t depth_with(Value const& value, std::uint16_t depth) {
    std::uint16_t inner = 0;
    if (value.is(Kind::list) && value.as_list() != nullptr) inner = value.as_list()->depth;
    if (value.is(Kind::dict) && value.as_dict() != nullptr) inner = value.as_dict()->depth;
    if (inner >= max_container_depth) throw Fault("lists and dicts are nested too deeply");
    return std::max<std::uint16_t>(depth, static_cast<std::uint16_t>(inner + 1));
}

Value make_list(Budget& budget, std::vector<Value> items, List::Flavour flavour) {
    budget.spend(items.size() * sizeof(Value));
    budget.scan(items.size());
    std::uint16_t depth = 1;
    for (auto const& item : items) depth = depth_with(item, depth);
    auto* const list = new List;
    list->depth = depth;
    list->flavour = flavour;
    list->items = std::move(items);
    return Value::list(list);
}

Value make_dict(Budget& budget, std::vector<std::pair<Value, Value>> entries) {
    budget.scan(entries.size() * 4);
    budget.spend((1 + entries.size()) * 2 * sizeof(Value));
    auto* const dict = new Dict;
    auto value = Value::dict(dict);
    for (auto& [key, item] : entries) dict->set(std::move(key), std::move(item));
    return value;
}

Value make_text(Budget& budget, std::string text, bool markup) {
    budget.spend(text.size());
    return Value::text(std::move(text), markup);
}

List::Flavour flavour_of(Value const& value) {
    return !value.is(Kind::list) || value.as_list() == nullptr ? List::Flavour::list : value.as_list()->flavour;
}

bool is_sequence(Value const& value) { return value.is(Kind::list) && flavour_of(value) <= List::Flavour::group; }

bool is_iterable(Value const& value) {
    return value.is_undefined() || value.is_text() || value.is(Kind::list) || value.is(Kind::dict) ||
           range_in(value) != nullptr;
}

Items::Items(Value const& value) {
    Budget unlimited(SIZE_MAX, SIZE_MAX);
    *this = Items(unlimited, value);
}

Items::Items(Budget& budget, Value const& value) : source_(value) {
    if (value.is(Kind::list) && flavour_of(value) != List::Flavour::generator) {
        way_ = value.as_json() != nullptr ? Way::json : Way::list;
        size_ = value.as_json() != nullptr ? json_size(*value.as_json()) : value.as_list()->items.size();
        return;
    }
    if (auto const* const range = range_in(value)) {
        way_ = Way::range;
        size_ = static_cast<std::size_t>(range->length);
        return;
    }
    if (!is_iterable(value)) throw Fault("'" + type_name(value) + "' object is not iterable");
    if (value.is_text())
        for (auto rest = value.as_text(); !rest.empty(); rest.remove_prefix(own_.back().as_text().size()))
            own_.push_back(Value::part(value, rest.substr(0, next_character(rest, 0))));
    if (value.is(Kind::list)) own_ = std::exchange(value.as_list()->items, {});
    if (value.is(Kind::dict))
        for (auto& [key, item] : entries_of(value)) own_.push_back(std::move(key));
    size_ = own_.size();
    budget.scan(size_);
    budget.spend(size_ * sizeof(Value));
}

Value Items::at(std::size_t index) const {
    switch (way_) {
        case Way::own: return own_[index];
        case Way::list: return source_.as_list()->items[index];
        case Way::json: return json_at(source_, index);
        case Way::range: return Value::integer(static_cast<Range const*>(source_.as_thing())->at(index));
    }
    return {};
}

std::vector<Value> Items::all(Budget& budget) const {
    budget.scan(size_);
    budget.spend(size_ * sizeof(Value));
    std::vector<Value> items;
    items.reserve(size_);
    for (std::size_t i = 0; i < size_; ++i) items.push_back(at(i));
    return items;
}

std::vector<std::pair<Value, Value>> entries_of(Value const& dict) {
    if (!dict.is(Kind::dict)) throw Fault("'" + type_name(dict) + "' object is not a mapping");
    return dict.as_json() != nullptr ? json_entries(dict) : dict.as_dict()->entries;
}

std::vector<std::pair<Value, Value>> pairs_of(Budget& budget, Value const& value, std::string_view function) {
    if (value.is(Kind::dict)) return entries_of(value);
    std::vector<std::pair<Value, Value>> entries;
    for (auto const& item : Items(budget, value).all(budget)) {
        Items const pair(budget, item);
        if (pair.size() != 2) throw Fault(std::string(function) + " expected pairs");
        entries.emplace_back(pair.at(0), pair.at(1));
    }
    return entries;
}

Value dict_find(Value const& dict, Value const& key) {
    if (dict.as_json() != nullptr) {
        if (!key.is_text()) {
            hash_of(key);
            return {};
        }
        return json_find(dict, key.as_text());
    }
    return dict.as_dict()->get(key);
}

}  // namespace soyuz::jinja
