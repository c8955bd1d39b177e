#include "template/running/macros.hpp"

#include <algorithm>

#include "template/values/text.hpp"

namespace soyuz::jinja {

bool is_macro(Value const& value) {
    return value.is(Kind::object) && dynamic_cast<Macro const*>(value.as_thing()) != nullptr;
}

std::string Macro::to_text() const {
    return function->name.empty() ? "<Macro anonymous>" : "<Macro " + repr_of_text(function->name) + ">";
}

Value Macro::attribute(Renderer& renderer, std::string_view name) {
    if (name == "name") return function->name.empty() ? Value::none() : Value::borrowed(function->name);
    if (name == "catch_kwargs") return Value::boolean(function->uses_kwargs);
    if (name == "catch_varargs") return Value::boolean(function->uses_varargs);
    if (name == "caller") return Value::boolean(function->uses_caller);
    if (name != "arguments") return {};
    std::vector<Value> names;
    for (auto const& parameter : function->parameters) names.push_back(Value::borrowed(parameter));
    return make_tuple(renderer.budget, std::move(names));
}

Value Macro::call(Renderer& renderer, Arguments arguments) {
    bool const escape = renderer.context().autoescape;
    return Value::text(renderer.capture([&] { write(renderer, std::move(arguments)); }), escape);
}

void Macro::write(Renderer& renderer, Arguments arguments) {
    auto const& macro = *function;
    auto const name = macro.name.empty() ? std::string("the caller") : "the macro '" + macro.name + "'";
    auto const count = macro.parameters.size();
    auto const given = std::min(arguments.positional.size(), count);

    std::vector<Value> bound(count);
    bool found_caller = given == count && macro.explicit_caller;
    for (std::size_t i = 0; i < count; ++i) {
        if (i < given) {
            bound[i] = std::move(arguments.positional[i]);
        } else if (!arguments.keyword.empty()) {
            bound[i] = arguments.take(macro.parameters[i]);
        }
        if (i >= given && macro.parameters[i] == "caller") found_caller = true;
    }
    Value caller;
    if (macro.uses_caller && !found_caller) {
        caller = arguments.take("caller");
        if (caller.is_missing() || caller.is_none()) caller = Value::undefined_because("No caller defined");
    }
    if (!macro.uses_kwargs && !arguments.keyword.empty()) {
        auto const first = arguments.keyword.front().first;
        if (first.as_text() == "caller") throw Fault(name + " does not use a caller, or was given two");
        throw Fault(name + " takes no argument named " + repr_of_text(first.as_text()));
    }
    if (!macro.uses_varargs && arguments.positional.size() > count)
        throw Fault(name + " takes not more than " + std::to_string(count) + " arguments, found " +
                    std::to_string(arguments.positional.size()));

    renderer.call(macro, home, *context, [&] {
        for (std::size_t i = 0; i < count; ++i) renderer.slot(macro.first_parameter + i) = std::move(bound[i]);
        if (macro.uses_caller && !found_caller) renderer.slot(macro.caller_slot) = std::move(caller);
        if (macro.uses_kwargs) {
            auto* const dict = new Dict;
            Value value = Value::dict(dict);
            for (auto& [key, item] : arguments.keyword) dict->set(std::move(key), std::move(item));
            renderer.slot(macro.kwargs_slot) = std::move(value);
        }
        if (macro.uses_varargs) {
            std::vector<Value> rest;
            for (std::size_t i = count; i < arguments.positional.size(); ++i)
                rest.push_back(std::move(arguments.positional[i]));
            renderer.slot(macro.varargs_slot) = make_tuple(renderer.budget, std::move(rest));
        }
        auto const first_default = count - macro.defaults.size();
        for (std::size_t i = given; i < count; ++i) {
            if (!renderer.slot(macro.first_parameter + i).is_missing()) continue;
            renderer.slot(macro.first_parameter + i) =
                i >= first_default
                    ? macro.defaults[i - first_default]->evaluate(renderer)
                    : Value::undefined_because("parameter " + repr_of_text(macro.parameters[i]) + " was not provided");
        }
        renderer.run(macro.body);
    });
}

Value BlockReference::attribute(Renderer&, std::string_view wanted) {
    return wanted == "super" ? super_value(*context, name, index + 1) : Value{};
}

Value BlockReference::call(Renderer& renderer, Arguments arguments) {
    arguments.refuse_keywords(name);
    if (!arguments.positional.empty()) throw Fault("a block takes no arguments");
    bool const escape = context->autoescape;
    return Value::text(renderer.capture([&] { renderer.run_block(name, index, *context); }), escape);
}

Value SelfReference::attribute(Renderer&, std::string_view name) {
    auto const block = context->blocks->find(name);
    if (block == context->blocks->end()) return {};
    return make<BlockReference>(*context, block->first, 0U);
}

Value super_value(Context& context, std::string_view name, std::size_t index) {
    auto const block = context.blocks->find(name);
    if (block == context.blocks->end() || index >= block->second.size())
        return Value::undefined_because("there is no parent block called " + repr_of_text(name) + ".");
    return make<BlockReference>(context, block->first, index);
}

}  // namespace soyuz::jinja
