#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "template/limits.hpp"
#include "template/values/value.hpp"

namespace soyuz::jinja {

class Renderer;

/// Containers may nest this deep, so that printing, comparing and freeing them can recurse.
constexpr std::uint16_t max_container_depth = 100;

struct List final : Object {
    enum class Flavour : std::uint8_t { list, tuple, group, generator, keys, values, items };  // sequences first
    Flavour flavour = Flavour::list;
    std::uint16_t depth = 1;
    std::vector<Value> items;
};

/// A dict that keeps the order of insertion; its keys may be anything hashable.
struct Dict final : Object {
    std::uint16_t depth = 1;
    std::vector<std::pair<Value, Value>> entries;

    /// Missing where there is no such key; a Fault where `key` can't be one.
    Value get(Value const& key) const;
    void set(Value key, Value value);

private:
    std::size_t position(Value const& key) const;              // entries.size() where there is none
    std::unordered_multimap<std::size_t, std::size_t> index_;  // from hash to entry, once there are many
};

Value dict_find(Value const& dict, Value const& key);

struct Arguments {
    std::vector<Value> positional;
    std::vector<std::pair<Value, Value>> keyword;  // keys are texts

    /// Takes the keyword argument `name` out; missing where it was not given.
    Value take(std::string_view name);
    void refuse_keywords(std::string_view function) const;
};

/// A value with behaviour of its own: functions, macros, loops, namespaces.
struct Thing : Object {
    virtual std::string_view type_name() const = 0;
    /// Missing where there is no such attribute.
    virtual Value attribute(Renderer&, std::string_view) { return {}; }
    virtual bool is_callable() const { return false; }
    virtual Value call(Renderer& renderer, Arguments arguments);
    virtual std::string to_text() const { return "<" + std::string(type_name()) + ">"; }
    /// Does to_text give HTML that is safe already?
    virtual bool is_html() const { return false; }
};

struct Range final : Thing {
    /// `step` is not zero.
    Range(std::int64_t first, std::int64_t end, std::int64_t distance);
    std::int64_t start, stop, step, length;
    std::string_view type_name() const override { return "range"; }
    std::string to_text() const override;
    std::int64_t at(std::size_t index) const { return start + static_cast<std::int64_t>(index) * step; }
};
/// Null where `value` is none.
Range const* range_in(Value const& value);

struct Namespace final : Thing {
    explicit Namespace(Value dict) : attributes(std::move(dict)) {}
    Value attributes;
    std::string_view type_name() const override { return "Namespace"; }
    Value attribute(Renderer&, std::string_view name) override { return dict_find(attributes, Value::borrowed(name)); }
};

/// A function of the engine: one that the program added, or a method that was looked up but not called.
struct Callable final : Thing {
    using Run = std::function<Value(Renderer&, Arguments)>;
    Callable(std::string_view type, Run its_run) : type_(type), run_(std::move(its_run)) {}
    std::string_view type_name() const override { return type_; }
    bool is_callable() const override { return true; }
    Value call(Renderer& renderer, Arguments arguments) override { return run_(renderer, std::move(arguments)); }

private:
    std::string_view type_;
    Run run_;
};

template <class Made, class... Given>
Value make(Given&&... given) {
    return Value::thing(new Made(std::forward<Given>(given)...));
}

Value make_list(Budget& budget, std::vector<Value> items, List::Flavour flavour = List::Flavour::list);
inline Value make_tuple(Budget& budget, std::vector<Value> items) {
    return make_list(budget, std::move(items), List::Flavour::tuple);
}
Value make_dict(Budget& budget, std::vector<std::pair<Value, Value>> entries);
/// Checks what holding `value` does to the depth of a container.
std::uint16_t depth_with(Value const& value, std::uint16_t depth);
/// A text that counts against the budget.
Value make_text(Budget& budget, std::string text, bool markup = false);

// Access to borrowed JSON, so that few files need its header.
bool is_json_object(Json const& json);
std::size_t json_size(Json const& json);
Value json_at(Value const& array, std::size_t index);
/// Missing where there is no such key.
Value json_find(Value const& object, std::string_view key);
std::vector<std::pair<Value, Value>> json_entries(Value const& object);
Value hold_json(Json json);
Json to_json(Value const& value);
/// JSON as Python writes it with sorted keys, safe inside of HTML. A negative `indention` means on one line.
void append_json(std::string& out, Budget& budget, Value const& value, std::int64_t indention, std::size_t depth = 0);

/// Items of anything that can be iterated, in order. Generators are used up.
class Items {
public:
    /// Throws a Fault where `value` isn't iterable.
    Items(Budget& budget, Value const& value);
    /// Of a list or range, which costs nothing.
    explicit Items(Value const& value);
    std::size_t size() const { return size_; }
    Value at(std::size_t index) const;
    std::vector<Value> all(Budget& budget) const;

private:
    Value source_;
    std::vector<Value> own_;
    enum class Way : std::uint8_t { own, list, json, range } way_ = Way::own;
    std::size_t size_ = 0;
};

bool is_iterable(Value const& value);
List::Flavour flavour_of(Value const& list);
/// A list, a tuple or what indexes like them; no generator and no view.
bool is_sequence(Value const& value);
/// Entries of a dict, or a Fault.
std::vector<std::pair<Value, Value>> entries_of(Value const& dict);
/// The same of a dict or a sequence of pairs; `function` is for the Fault.
std::vector<std::pair<Value, Value>> pairs_of(Budget& budget, Value const& value, std::string_view function);

}  // namespace soyuz::jinja
