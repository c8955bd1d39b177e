#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

Value modulo(Renderer& renderer, Value const& value, Value const& by) {
    return apply(renderer.budget, Operator::modulo, value, by);
}

bool is_sequence(Value const& value) {
    switch (value.kind()) {
        case Kind::undefined:
        case Kind::text:
        case Kind::dict: return true;
        case Kind::list:
            return flavour_of(value) < List::Flavour::generator || flavour_of(value) == List::Flavour::group;
        case Kind::object: return is_iterable(value);
        default: return false;
    }
}

bool is_same(Value const& left, Value const& right) {
    if (left.kind() != right.kind()) return false;
    if (left.is(Kind::list) || left.is(Kind::dict)) {
        if (left.as_json() != nullptr || right.as_json() != nullptr) return left.as_json() == right.as_json();
        return left.owner() == right.owner();
    }
    return equals(left, right);
}

}  // namespace

void add_tests(Library& library) {
    using V = Value const&;
    auto const add = [&](std::initializer_list<char const*> names, std::size_t parameters,
                         bool (*run)(Renderer&, V, V)) {
        for (auto const* const name : names) library.tests[name] = {name, parameters, run};
    };
    add({"defined"}, 0, [](Renderer&, V value, V) { return !value.is_undefined(); });
    add({"undefined"}, 0, [](Renderer&, V value, V) { return value.is_undefined(); });
    add({"none"}, 0, [](Renderer&, V value, V) { return value.is_none(); });
    add({"boolean"}, 0, [](Renderer&, V value, V) { return value.is(Kind::boolean); });
    add({"true"}, 0, [](Renderer&, V value, V) { return value.is(Kind::boolean) && value.as_integer() != 0; });
    add({"false"}, 0, [](Renderer&, V value, V) { return value.is(Kind::boolean) && value.as_integer() == 0; });
    add({"integer"}, 0, [](Renderer&, V value, V) { return value.is(Kind::integer); });
    add({"float"}, 0, [](Renderer&, V value, V) { return value.is(Kind::real); });
    add({"number"}, 0, [](Renderer&, V value, V) { return value.is_number(); });
    add({"string"}, 0, [](Renderer&, V value, V) { return value.is_text(); });
    add({"mapping"}, 0, [](Renderer&, V value, V) { return value.is(Kind::dict); });
    add({"sequence"}, 0, [](Renderer&, V value, V) { return is_sequence(value); });
    add({"iterable"}, 0, [](Renderer&, V value, V) { return is_iterable(value); });
    add({"callable"}, 0,
        [](Renderer&, V value, V) { return value.is(Kind::object) && value.as_thing()->is_callable(); });
    add({"escaped"}, 0, [](Renderer&, V value, V) { return value.is_markup(); });
    add({"lower"}, 0, [](Renderer&, V value, V) { return is_lower_text(to_text(value)); });
    add({"upper"}, 0, [](Renderer&, V value, V) { return is_upper_text(to_text(value)); });
    add({"odd"}, 0, [](Renderer& renderer, V value, V) {
        return equals(modulo(renderer, value, Value::integer(2)), Value::integer(1));
    });
    add({"even"}, 0, [](Renderer& renderer, V value, V) {
        return equals(modulo(renderer, value, Value::integer(2)), Value::integer(0));
    });
    add({"divisibleby"}, 1,
        [](Renderer& renderer, V value, V by) { return equals(modulo(renderer, value, by), Value::integer(0)); });
    add({"filter"}, 0, [](Renderer& renderer, V value, V) {
        return value.is_text() && renderer.library.filter(value.as_text()) != nullptr;
    });
    add({"test"}, 0, [](Renderer& renderer, V value, V) {
        return value.is_text() && renderer.library.test(value.as_text()) != nullptr;
    });
    add({"sameas"}, 1, [](Renderer&, V value, V other) { return is_same(value, other); });
    add({"in"}, 1,
        [](Renderer& renderer, V value, V container) { return contains(renderer.budget, container, value); });
    add({"==", "eq", "equalto"}, 1, [](Renderer&, V left, V right) { return equals(left, right); });
    add({"!=", "ne"}, 1, [](Renderer&, V left, V right) { return !equals(left, right); });
    add({">", "gt", "greaterthan"}, 1,
        [](Renderer&, V left, V right) { return ordered(left, right) && compare(left, right, ">") > 0; });
    add({">=", "ge"}, 1,
        [](Renderer&, V left, V right) { return ordered(left, right) && compare(left, right, ">=") >= 0; });
    add({"<", "lt", "lessthan"}, 1,
        [](Renderer&, V left, V right) { return ordered(left, right) && compare(left, right, "<") < 0; });
    add({"<=", "le"}, 1,
        [](Renderer&, V left, V right) { return ordered(left, right) && compare(left, right, "<=") <= 0; });
}

}  // namespace soyuz::jinja
