#include "template/running/macros.hpp"

#include <algorithm>

#include "template/values/text.hpp"

namespace soyuz::jinja {

Macro* macro_in(Value const& value) {
    return value.is(Kind::object) ? dynamic_cast<Macro*>(value.as_thing()) : nullptr;
}

Value Macro::attribute(Renderer& renderer, std::string_view name) {
    if (name == "name") return function->name.empty() ? Value::none() : Value::borrowed(function->name);
    if (name == "catch_kwargs") return Value::boolean(function->uses_kwargs);
    if (name == "catch_varargs") return Value::boolean(function->uses_varargs);
    if (name == "caller") return Value::boolean(function->uses_caller || function->explicit_caller);
    if (name != "arguments") return {};
    std::vector<Value> names;
    for (auto const& parameter : function->parameters) names.push_back(Value::borrowed(parameter));
    return make_tuple(renderer.budget, std::move(names));
}

Value Macro::call(Renderer& renderer, Arguments arguments) {
    return renderer.captured([&] { write(renderer, std::move(arguments)); });
}

void Macro::write(Renderer& renderer, Arguments arguments) {
    auto const& macro = *function;
    auto const fail = [&](std::string const& what) {
        throw Fault((macro.name.empty() ? "the caller" : "the macro '" + macro.name + "'") + what);
    };
    auto const count = macro.parameters.size();
    auto const given = std::min(arguments.positional.size(), count);

    std::vector<Value> bound(count);
    for (std::size_t i = 0; i < count; ++i)
        bound[i] = i < given ? std::move(arguments.positional[i]) : arguments.take(macro.parameters[i]);
    auto caller = macro.uses_caller ? arguments.take("caller") : Value{};
    if (macro.uses_caller && !caller.is_given()) caller = Value::undefined_because("No caller defined");
    if (!macro.uses_kwargs && !arguments.keyword.empty()) {
        auto const first = arguments.keyword.front().first.as_text();
        fail(first == "caller" ? " does not use a caller, or was given two"
                               : " takes no argument named " + repr_of_text(first));
    }
    if (!macro.uses_varargs && arguments.positional.size() > count)
        fail(" takes not more than " + std::to_string(count) + " arguments, found " +
             std::to_string(arguments.positional.size()));

    renderer.call(macro, home, *context, [&] {
        for (std::size_t i = 0; i < count; ++i) renderer.slot(macro.first_parameter + i) = std::move(bound[i]);
        if (macro.uses_caller) renderer.slot(macro.caller_slot) = std::move(caller);
        if (macro.uses_kwargs)
            renderer.slot(macro.kwargs_slot) = make_dict(renderer.budget, std::move(arguments.keyword));
        if (macro.uses_varargs) {
            auto& rest = arguments.positional;
            rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(given));
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
    bool const is_markup = context->autoescape;
    return Value::text(renderer.capture([&] { renderer.run_block(name, index, *context); }), is_markup);
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
