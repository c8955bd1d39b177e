#include "template/values/operators.hpp"

#include <algorithm>
#include <cmath>

#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

std::string_view symbol_of(Operator operation) {
    constexpr std::string_view symbols[] = {"+", "-", "*", "/", "//", "%", "** or pow()"};
    return symbols[static_cast<std::size_t>(operation)];
}

[[noreturn]] void unsupported(Operator operation, Value const& left, Value const& right) {
    if (left.is_undefined()) fail_undefined(left);
    if (right.is_undefined()) fail_undefined(right);
    throw Fault("unsupported operand type(s) for " + std::string(symbol_of(operation)) + ": '" + type_name(left) +
                "' and '" + type_name(right) + "'");
}

__extension__ typedef __int128 Wide;

/// A Fault where `number` needs more than 64 bits.
std::int64_t narrowed(Wide number) {
    if (number != static_cast<std::int64_t>(number)) throw Fault("the number is too large");
    return static_cast<std::int64_t>(number);
}

std::int64_t whole_power(std::int64_t base, std::int64_t exponent) {
    std::int64_t result = 1;
    for (; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) != 0) result = narrowed(Wide{result} * base);
        if (exponent > 1) base = narrowed(Wide{base} * base);
    }
    return result;
}

Value apply_real(Operator operation, double left, double right);

Value apply_whole(Operator operation, std::int64_t left, std::int64_t right) {
    auto const real = [&] { return apply_real(operation, static_cast<double>(left), static_cast<double>(right)); };
    switch (operation) {
        case Operator::add: return Value::integer(narrowed(Wide{left} + right));
        case Operator::subtract: return Value::integer(narrowed(Wide{left} - right));
        case Operator::multiply: return Value::integer(narrowed(Wide{left} * right));
        case Operator::divide:
            if (right == 0) throw Fault("division by zero");
            return real();
        case Operator::power: return right < 0 ? real() : Value::integer(whole_power(left, right));
        default: break;
    }
    if (right == 0) throw Fault("integer division or modulo by zero");
    auto quotient = Wide{left} / right;
    auto rest = Wide{left} % right;
    if (rest != 0 && (rest < 0) != (right < 0)) {
        rest += right;
        --quotient;
    }
    return Value::integer(narrowed(operation == Operator::modulo ? rest : quotient));
}

Value apply_real(Operator operation, double left, double right) {
    switch (operation) {
        case Operator::add: return Value::real(left + right);
        case Operator::subtract: return Value::real(left - right);
        case Operator::multiply: return Value::real(left * right);
        case Operator::divide:
            if (right == 0) throw Fault("float division by zero");
            return Value::real(left / right);
        case Operator::floor_divide:
        case Operator::modulo: {
            if (right == 0) throw Fault("float divmod()");
            double rest = std::fmod(left, right);
            double quotient = (left - rest) / right;
            if (rest != 0 && (rest < 0) != (right < 0)) {
                rest += right;
                quotient -= 1;
            }
            if (operation == Operator::modulo) return Value::real(rest == 0 ? std::copysign(0.0, right) : rest);
            if (quotient == 0) return Value::real(std::copysign(0.0, left / right));
            double floored = std::floor(quotient);
            if (quotient - floored > 0.5) floored += 1;
            return Value::real(floored);
        }
        default: {
            if (left == 0 && right < 0) throw Fault("0.0 cannot be raised to a negative power");
            double const result = std::pow(left, right);
            if (std::isnan(result) && !std::isnan(left) && !std::isnan(right))
                throw Fault("a negative number cannot be raised to a fractional power");
            if (std::isinf(result) && !std::isinf(left) && !std::isinf(right)) throw Fault("the number is too large");
            return Value::real(result);
        }
    }
}

Value repeated(Budget& budget, Value const& value, std::int64_t times) {
    auto const count = static_cast<std::size_t>(std::max<std::int64_t>(times, 0));
    auto const spend = [&](std::size_t bytes) {
        // Before multiplying: neither the product nor the memory may overflow.
        if (bytes > 0 && count > SIZE_MAX / bytes) throw Fault("the page builds values that are too large");
        budget.spend(bytes * count);
        return bytes > 0 ? count : 0;
    };
    if (value.is_text()) {
        std::string out;
        for (auto left = spend(value.as_text().size()); left > 0; --left) out += value.as_text();
        return Value::text(std::move(out), value.is_markup());
    }
    auto const items = Items(budget, value).all(budget);
    std::vector<Value> all;
    for (auto left = spend(items.size() * sizeof(Value)); left > 0; --left)
        all.insert(all.end(), items.begin(), items.end());
    return make_list(budget, std::move(all), flavour_of(value));
}

/// Two lists or two tuples.
bool are_alike(Value const& left, Value const& right) {
    return is_sequence(left) && is_sequence(right) &&
           (flavour_of(left) == List::Flavour::list) == (flavour_of(right) == List::Flavour::list);
}

Value add_texts(Budget& budget, Value const& left, Value const& right) {
    bool const markup = left.is_markup() || right.is_markup();
    std::string out;
    for (auto const* const side : {&left, &right}) append_piece(out, *side, markup);
    return make_text(budget, std::move(out), markup);
}

}  // namespace

void fail_undefined(Value const& value) { throw Fault(value.undefined_message()); }

bool truth(Value const& value) {
    switch (value.kind()) {
        case Kind::missing:
        case Kind::undefined:
        case Kind::none: return false;
        case Kind::boolean:
        case Kind::integer: return value.as_integer() != 0;
        case Kind::real: return value.as_real() != 0;
        case Kind::text: return !value.as_text().empty();
        case Kind::list:
            if (flavour_of(value) == List::Flavour::generator) return true;
            [[fallthrough]];
        case Kind::dict: return length(value) != 0;
        case Kind::object: return range_in(value) == nullptr || length(value) != 0;
    }
    return false;
}

bool equals(Value const& left, Value const& right) {
    if (left.is_number() && right.is_number()) {
        if (left.is_whole() && right.is_whole()) return left.as_integer() == right.as_integer();
        return left.as_real() == right.as_real();
    }
    if (left.kind() != right.kind()) return false;
    switch (left.kind()) {
        case Kind::text: return left.as_text() == right.as_text();
        case Kind::list: {
            if (!are_alike(left, right)) return left.owner() == right.owner() && left.as_json() == right.as_json();
            Items const mine(left);
            Items const theirs(right);
            if (mine.size() != theirs.size()) return false;
            for (std::size_t i = 0; i < mine.size(); ++i)
                if (!equals(mine.at(i), theirs.at(i))) return false;
            return true;
        }
        case Kind::dict: {
            auto const mine = entries_of(left);
            if (mine.size() != static_cast<std::size_t>(length(right))) return false;
            return std::all_of(mine.begin(), mine.end(), [&](auto const& entry) {
                auto const other = dict_find(right, entry.first);
                return !other.is_missing() && equals(entry.second, other);
            });
        }
        case Kind::object: {
            auto const* const range = range_in(left);
            auto const* const other = range_in(right);
            if (range == nullptr || other == nullptr) return left.as_thing() == right.as_thing();
            return range->to_text() == other->to_text();
        }
        default: return true;
    }
}

int compare(Value const& left, Value const& right, std::string_view symbol) {
    if (left.is_number() && right.is_number()) {
        auto const order = [](auto mine, auto theirs) { return mine < theirs ? -1 : mine > theirs ? 1 : 0; };
        if (left.is_whole() && right.is_whole()) return order(left.as_integer(), right.as_integer());
        return order(left.as_real(), right.as_real());
    }
    if (left.is_text() && right.is_text()) return left.as_text().compare(right.as_text());
    if (are_alike(left, right)) {
        Items const mine(left);
        Items const theirs(right);
        for (std::size_t i = 0; i < std::min(mine.size(), theirs.size()); ++i) {
            if (equals(mine.at(i), theirs.at(i))) continue;
            return compare(mine.at(i), theirs.at(i), symbol);
        }
        return mine.size() < theirs.size() ? -1 : mine.size() > theirs.size() ? 1 : 0;
    }
    if (left.is_undefined()) fail_undefined(left);
    if (right.is_undefined()) fail_undefined(right);
    throw Fault("'" + std::string(symbol) + "' not supported between instances of '" + type_name(left) + "' and '" +
                type_name(right) + "'");
}

bool contains(Budget& budget, Value const& container, Value const& item) {
    if (container.is_text()) {
        if (!item.is_text()) throw Fault("'in <string>' requires string as left operand, not " + type_name(item));
        budget.scan(container.as_text().size());
        return container.as_text().find(item.as_text()) != std::string_view::npos;
    }
    if (container.is(Kind::dict)) return !dict_find(container, item).is_missing();
    if (!is_iterable(container)) throw Fault("argument of type '" + type_name(container) + "' is not iterable");
    Items const items(budget, container);
    budget.scan(items.size());
    for (std::size_t i = 0; i < items.size(); ++i)
        if (equals(items.at(i), item)) return true;
    return false;
}

bool related(Budget& budget, Relation relation, Value const& left, Value const& right) {
    switch (relation) {
        case Relation::equal: return equals(left, right);
        case Relation::not_equal: return !equals(left, right);
        case Relation::in: return contains(budget, right, left);
        case Relation::not_in: return !contains(budget, right, left);
        default: break;
    }
    constexpr std::string_view symbols[] = {"<", "<=", ">", ">="};
    auto const order = compare(left, right, symbols[static_cast<std::size_t>(relation)]);
    // What is not a number comes neither before nor after anything.
    for (auto const* const side : {&left, &right})
        if (side->is(Kind::real) && std::isnan(side->as_real())) return false;
    return relation == Relation::less         ? order < 0
           : relation == Relation::less_equal ? order <= 0
           : relation == Relation::greater    ? order > 0
                                              : order >= 0;
}

Value apply(Budget& budget, Operator operation, Value const& left, Value const& right) {
    if (left.is_number() && right.is_number()) {
        if (left.is_whole() && right.is_whole()) return apply_whole(operation, left.as_integer(), right.as_integer());
        return apply_real(operation, left.as_real(), right.as_real());
    }
    if (operation == Operator::add && left.is_text() && right.is_text()) return add_texts(budget, left, right);
    if (operation == Operator::add && are_alike(left, right)) {
        auto items = Items(budget, left).all(budget);
        for (auto& item : Items(budget, right).all(budget)) items.push_back(std::move(item));
        return make_list(budget, std::move(items), flavour_of(left));
    }
    if (operation == Operator::multiply) {
        if ((left.is_text() || is_sequence(left)) && right.is_whole())
            return repeated(budget, left, right.as_integer());
        if ((right.is_text() || is_sequence(right)) && left.is_whole())
            return repeated(budget, right, left.as_integer());
    }
    unsupported(operation, left, right);
}

Value signed_value(Value const& value, char sign) {
    if (value.is_undefined()) fail_undefined(value);
    if (!value.is_number())
        throw Fault(std::string("bad operand type for unary ") + sign + ": '" + type_name(value) + "'");
    if (value.is(Kind::real)) return Value::real(sign == '-' ? -value.as_real() : value.as_real());
    return apply_whole(sign == '-' ? Operator::subtract : Operator::add, 0, value.as_integer());
}

}  // namespace soyuz::jinja
