#pragma once

#include "template/values/objects.hpp"
#include "template/values/value.hpp"

namespace soyuz::jinja {

/// Python's operators on values. Each throws a Fault where Python raises an error.
bool truth(Value const& value);
bool equals(Value const& left, Value const& right);
/// Negative, zero or positive, as `left` comes before, with or after `right`; `symbol` is for the error.
int compare(Value const& left, Value const& right, std::string_view symbol = "<");
bool contains(Budget& budget, Value const& container, Value const& item);

enum class Relation : std::uint8_t { less, less_equal, greater, greater_equal, equal, not_equal, in, not_in };
bool related(Budget& budget, Relation relation, Value const& left, Value const& right);

enum class Operator : std::uint8_t {
    add,
    subtract,
    multiply,
    divide,
    floor_divide,
    modulo,
    power,
    logical_or,
    logical_and
};
/// For all but the logical ones, which do not always need what is right of them.
Value apply(Budget& budget, Operator operation, Value const& left, Value const& right);
/// +value or -value
Value signed_value(Value const& value, char sign);

/// len(value)
std::int64_t length(Value const& value);

/// value.name, falling back to value['name']; undefined where there is neither.
Value get_attribute(Renderer& renderer, Value const& value, Value const& name);
/// value[key], falling back to the attribute; undefined where there is neither.
Value get_item(Renderer& renderer, Value const& value, Value const& key);
Value get_slice(Budget& budget, Value const& value, Value const& start, Value const& stop, Value const& step);
/// Is there a method `name` of texts, lists or dicts?
bool has_method(Value const& value, std::string_view name);
/// Has any type a method of that name?
bool is_method_name(std::string_view name);
Value call_method(Renderer& renderer, Value const& self, std::string_view name, Arguments arguments);

/// A whole number, as for an index; a Fault that names `what` otherwise.
std::int64_t whole(Value const& value, std::string_view what);
/// The text of a value that must be one.
std::string_view text_of(Value const& value, std::string_view what);

[[noreturn]] void fail_undefined(Value const& value);

}  // namespace soyuz::jinja
