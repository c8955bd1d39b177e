#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using R = Renderer&;
using V = Value const&;

template <Kind kind>
bool is_kind(R, V value, V) {
    return value.is(kind);
}

template <bool wanted>
bool is_boolean(R, V value, V) {
    return value.is(Kind::boolean) && (value.as_integer() != 0) == wanted;
}

template <Relation relation>
bool relates(R renderer, V left, V right) {
    return related(renderer.budget, relation, left, right);
}

bool leaves(R renderer, V value, std::int64_t rest, V by) {
    return equals(apply(renderer.budget, Operator::modulo, value, by), Value::integer(rest));
}

bool is_same(R, V left, V right) {
    if (left.kind() != right.kind()) return false;
    if (left.is(Kind::list) || left.is(Kind::dict)) {
        if (left.as_json() != nullptr || right.as_json() != nullptr) return left.as_json() == right.as_json();
        return left.owner() == right.owner();
    }
    return equals(left, right);
}

Test const tests[] = {
    {{"defined"}, 0, [](R, V value, V) { return !value.is_undefined(); }},
    {{"undefined"}, 0, is_kind<Kind::undefined>},
    {{"none"}, 0, is_kind<Kind::none>},
    {{"boolean"}, 0, is_kind<Kind::boolean>},
    {{"integer"}, 0, is_kind<Kind::integer>},
    {{"float"}, 0, is_kind<Kind::real>},
    {{"string"}, 0, is_kind<Kind::text>},
    {{"mapping"}, 0, is_kind<Kind::dict>},
    {{"true"}, 0, is_boolean<true>},
    {{"false"}, 0, is_boolean<false>},
    {{"number"}, 0, [](R, V value, V) { return value.is_number(); }},
    {{"sequence"}, 0, [](R, V value, V) { return value.is(Kind::list) ? is_sequence(value) : is_iterable(value); }},
    {{"iterable"}, 0, [](R, V value, V) { return is_iterable(value); }},
    {{"callable"}, 0, [](R, V value, V) { return value.is(Kind::object) && value.as_thing()->is_callable(); }},
    {{"escaped"}, 0, [](R, V value, V) { return value.is_markup(); }},
    {{"lower"}, 0, [](R, V value, V) { return is_lower_text(to_text(value)); }},
    {{"upper"}, 0, [](R, V value, V) { return is_upper_text(to_text(value)); }},
    {{"odd"}, 0, [](R renderer, V value, V) { return leaves(renderer, value, 1, Value::integer(2)); }},
    {{"even"}, 0, [](R renderer, V value, V) { return leaves(renderer, value, 0, Value::integer(2)); }},
    {{"divisibleby"}, 1, [](R renderer, V value, V by) { return leaves(renderer, value, 0, by); }},
    {{"filter"}, 0, [](R, V value, V) { return value.is_text() && find_filter(value.as_text()) != nullptr; }},
    {{"test"}, 0, [](R, V value, V) { return value.is_text() && find_test(value.as_text()) != nullptr; }},
    {{"sameas"}, 1, is_same},
    {{"in"}, 1, relates<Relation::in>},
    {{"==", "eq", "equalto"}, 1, relates<Relation::equal>},
    {{"!=", "ne"}, 1, relates<Relation::not_equal>},
    {{">", "gt", "greaterthan"}, 1, relates<Relation::greater>},
    {{">=", "ge"}, 1, relates<Relation::greater_equal>},
    {{"<", "lt", "lessthan"}, 1, relates<Relation::less>},
    {{"<=", "le"}, 1, relates<Relation::less_equal>},
};

}  // namespace

std::span<Test const> all_tests() { return tests; }

}  // namespace soyuz::jinja
