#include "template/running/macros.hpp"
#include "template/running/renderer.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {

void Expression::print(Renderer& renderer, bool escape) const { renderer.print(evaluate(renderer), escape); }

Value Constant::evaluate(Renderer&) const {
    switch (kind) {
        case Kind::boolean: return Value::boolean(integer != 0);
        case Kind::integer: return Value::integer(integer);
        case Kind::real: return Value::real(real);
        case Kind::text: return Value::borrowed(text);
        default: return Value::none();
    }
}

Value Name::evaluate(Renderer& renderer) const {
    for (auto const place : places)
        if (Value value = renderer.read(place); !value.is_missing()) return value;
    return falls_back ? renderer.lookup(name) : Value::undefined(name);
}

Value SequenceLiteral::evaluate(Renderer& renderer) const {
    std::vector<Value> values;
    values.reserve(items.size());
    for (auto const& item : items) values.push_back(item->evaluate(renderer));
    return make_list(renderer.budget, std::move(values), is_tuple ? List::Flavour::tuple : List::Flavour::list);
}

Value DictLiteral::evaluate(Renderer& renderer) const {
    std::vector<std::pair<Value, Value>> values;
    values.reserve(entries.size());
    for (auto const& [key, item] : entries) {
        auto name = key->evaluate(renderer);
        values.emplace_back(std::move(name), item->evaluate(renderer));
    }
    return make_dict(renderer.budget, std::move(values));
}

Value Attribute::evaluate(Renderer& renderer) const {
    auto const value = object->evaluate(renderer);
    renderer.at(line);
    return get_attribute(renderer, value, Value::borrowed(name));
}

Value Subscript::evaluate(Renderer& renderer) const {
    auto const value = object->evaluate(renderer);
    auto const index = key->evaluate(renderer);
    renderer.at(line);
    if (value.is_text() && index.is_whole()) renderer.budget.scan(value.as_text().size());
    return get_item(renderer, value, index);
}

Value Slice::evaluate(Renderer& renderer) const {
    auto const value = object->evaluate(renderer);
    auto const part = [&](ExpressionPointer const& expression) {
        return expression == nullptr ? Value{} : expression->evaluate(renderer);
    };
    Value const bounds[] = {part(start), part(stop), part(step)};
    renderer.at(line);
    return get_slice(renderer.budget, value, bounds[0], bounds[1], bounds[2]);
}

Arguments CallArguments::evaluate(Renderer& renderer) const {
    Arguments arguments;
    arguments.positional.reserve(positional.size());
    for (auto const& argument : positional) arguments.positional.push_back(argument->evaluate(renderer));
    for (auto const& [name, argument] : keyword)
        arguments.keyword.emplace_back(Value::borrowed(name), argument->evaluate(renderer));
    if (more_positional != nullptr)
        for (auto& value : Items(renderer.budget, more_positional->evaluate(renderer)).all(renderer.budget))
            arguments.positional.push_back(std::move(value));
    if (more_keyword != nullptr) {
        for (auto& [name, value] : entries_of(more_keyword->evaluate(renderer))) {
            if (!name.is_text()) throw Fault("keywords must be strings");
            for (auto const& [known, given] : arguments.keyword)
                if (known.as_text() == name.as_text())
                    throw Fault("got multiple values for keyword argument " + to_repr(name));
            arguments.keyword.emplace_back(std::move(name), std::move(value));
        }
    }
    return arguments;
}

Value Call::evaluate(Renderer& renderer) const { return evaluate_with(renderer, Value{}); }

Value Call::evaluate_with(Renderer& renderer, Value caller) const {
    renderer.budget.tick();
    auto const given = [&] {
        auto values = arguments.evaluate(renderer);
        if (!caller.is_missing()) values.keyword.emplace_back(Value::borrowed("caller"), std::move(caller));
        renderer.at(line);
        return values;
    };
    auto const* const attribute = dynamic_cast<Attribute const*>(callee.get());
    if (attribute == nullptr) {
        auto const function = callee->evaluate(renderer);
        return call_value(renderer, function, given(), line);
    }
    // A method is called without making a value of it first.
    auto const self = attribute->object->evaluate(renderer);
    renderer.at(attribute->line);
    if (attribute->may_be_method && has_method(self, attribute->name))
        return call_method(renderer, self, attribute->name, given());
    auto const function = get_attribute(renderer, self, Value::borrowed(attribute->name));
    return call_value(renderer, function, given(), line);
}

void Call::print(Renderer& renderer, bool escape) const {
    auto const* const name = dynamic_cast<Name const*>(callee.get());
    if (name == nullptr || !escape) return renderer.print(evaluate(renderer), escape);
    auto const function = name->evaluate(renderer);
    auto given = arguments.evaluate(renderer);
    renderer.at(line);
    // With escaping on, a macro's text is markup: it can be written where it belongs at once.
    if (auto* const macro = macro_in(function); macro != nullptr && renderer.context().autoescape)
        return macro->write(renderer, std::move(given));
    renderer.print(call_value(renderer, function, std::move(given), line), escape);
}

Value call_value(Renderer& renderer, Value const& function, Arguments arguments, std::uint32_t line) {
    renderer.at(line);
    if (function.is_undefined()) fail_undefined(function);
    if (!function.is(Kind::object) || !function.as_thing()->is_callable())
        throw Fault("'" + type_name(function) + "' object is not callable");
    return function.as_thing()->call(renderer, std::move(arguments));
}

Value FilterUse::evaluate(Renderer& renderer) const { return apply_to(renderer, input->evaluate(renderer)); }

Value FilterUse::apply_to(Renderer& renderer, Value input_value) const {
    renderer.at(line);
    if (filter == nullptr) filter_named(name);
    renderer.budget.tick();
    auto given = arguments.evaluate(renderer);
    renderer.at(line);
    return apply_filter(renderer, *filter, input_value, std::move(given));
}

Value TestUse::evaluate(Renderer& renderer) const {
    auto const value = input->evaluate(renderer);
    auto given = arguments.evaluate(renderer);
    renderer.at(line);
    if (test == nullptr) test_named(name);
    return Value::boolean(apply_test(renderer, *test, value, std::move(given)));
}

Value Unary::evaluate(Renderer& renderer) const {
    auto const value = operand->evaluate(renderer);
    if (operation == '!') return Value::boolean(!truth(value));
    renderer.at(line);
    return signed_value(value, operation);
}

Value Binary::evaluate(Renderer& renderer) const {
    auto first = left->evaluate(renderer);
    if (operation == Operator::logical_or && truth(first)) return first;
    if (operation == Operator::logical_and && !truth(first)) return first;
    auto second = right->evaluate(renderer);
    if (operation >= Operator::logical_or) return second;
    renderer.at(line);
    return apply(renderer.budget, operation, first, second);
}

Value Comparison::evaluate(Renderer& renderer) const {
    auto left = first->evaluate(renderer);
    for (auto const& [relation, expression] : rest) {
        auto right = expression->evaluate(renderer);
        renderer.at(line);
        if (!related(renderer.budget, relation, left, right)) return Value::boolean(false);
        left = std::move(right);
    }
    return Value::boolean(true);
}

Value Concatenation::evaluate(Renderer& renderer) const {
    std::vector<Value> values;
    bool markup = false;
    for (auto const& part : parts) {
        values.push_back(part->evaluate(renderer));
        markup = markup || values.back().is_markup() ||
                 (values.back().is(Kind::object) && values.back().as_thing()->is_html());
    }
    // Where escaping depends on a variable, Jinja joins plain texts.
    markup = markup && escaping == Escaping::on;
    std::string text;
    for (auto const& value : values) append_piece(text, value, markup);
    renderer.at(line);
    return make_text(renderer.budget, std::move(text), markup);
}

Value Conditional::evaluate(Renderer& renderer) const {
    if (truth(condition->evaluate(renderer))) return consequence->evaluate(renderer);
    if (alternative != nullptr) return alternative->evaluate(renderer);
    return Value::undefined_because("the condition of line " + std::to_string(line) +
                                    " is false, and there is no else section");
}

}  // namespace soyuz::jinja
