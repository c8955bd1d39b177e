#include "template/library/library.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "template/running/renderer.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

Value call_host(Renderer& renderer, GlobalFunction const& function, Arguments const& arguments) {
    arguments.refuse_keywords(function.name);
    std::vector<Json> values;
    for (auto const& argument : arguments.positional) values.push_back(to_json(argument));
    Json result;
    try {
        result = function.host(values, renderer.variant());
    } catch (TemplateError const&) {
        throw;
    } catch (std::exception const& error) {
        throw Fault(function.name + ": " + error.what());
    }
    auto const value = hold_json(std::move(result));
    if (value.is_text()) renderer.budget.spend(value.as_text().size());
    return value;
}

}  // namespace

Filter const* find_filter(std::string_view name) {
    for (auto const part : {text_filters(), html_filters(), number_filters(), sequence_filters(), selection_filters()})
        if (auto const found = std::ranges::find(part, name, &Filter::name); found != part.end()) return &*found;
    return nullptr;
}

Test const* find_test(std::string_view name) {
    for (auto const& test : all_tests())
        if (!name.empty() && std::ranges::find(test.names, name) != test.names.end()) return &test;
    return nullptr;
}

Filter const& filter_named(std::string_view name) {
    if (auto const* const filter = find_filter(name)) return *filter;
    throw Fault("there is no filter named '" + std::string(name) + "'");
}

Test const& test_named(std::string_view name) {
    if (auto const* const test = find_test(name)) return *test;
    throw Fault("there is no test named '" + std::string(name) + "'");
}

Bound bind_arguments(std::string_view function, Parameters const& parameters, Arguments arguments) {
    auto const count = static_cast<std::size_t>(std::ranges::find(parameters, "") - parameters.begin());
    if (arguments.positional.size() > count)
        throw Fault(std::string(function) + " takes at most " + std::to_string(count) + " arguments, found " +
                    std::to_string(arguments.positional.size()));
    Bound bound;
    for (std::size_t i = 0; i < count; ++i) {
        auto const name = parameters[i].substr(0, parameters[i].find('!'));
        if (!arguments.keyword.empty()) bound[i] = arguments.take(name);
        if (i < arguments.positional.size()) {
            if (!bound[i].is_missing()) throw Fault(std::string(function) + " got two values for " + std::string(name));
            bound[i] = std::move(arguments.positional[i]);
        }
        if (name != parameters[i] && bound[i].is_missing())
            throw Fault(std::string(function) + " misses the argument " + std::string(name));
    }
    arguments.refuse_keywords(function);
    return bound;
}

Value joined(Budget& budget, std::vector<Value> const& items, Value const& separator, bool as_markup) {
    std::string out;
    for (auto const& item : items) {
        auto const before = out.size();
        if (&item != &items.front()) append_piece(out, separator, as_markup);
        append_piece(out, item, as_markup);
        budget.spend(out.size() - before);
    }
    return Value::text(std::move(out), as_markup);
}

Value apply_filter(Renderer& renderer, Filter const& filter, Value const& input, Arguments arguments) {
    if (filter.run != nullptr)
        return filter.run(renderer, input, bind_arguments(filter.name, filter.parameters, std::move(arguments)));
    return filter.run_variadic(renderer, input, std::move(arguments));
}

bool apply_test(Renderer& renderer, Test const& test, Value const& input, Arguments arguments) {
    arguments.refuse_keywords(test.names[0]);
    if (arguments.positional.size() != test.parameters)
        throw Fault("the test '" + std::string(test.names[0]) + "' takes " + std::to_string(test.parameters) +
                    " arguments, found " + std::to_string(arguments.positional.size()));
    return test.run(renderer, input, test.parameters == 0 ? Value{} : arguments.positional[0]);
}

Value call_global(Renderer& renderer, GlobalFunction const& function, Arguments arguments) {
    if (function.run != nullptr) return function.run(renderer, std::move(arguments));
    if (!function.is_stable) renderer.touch(0);
    return call_host(renderer, function, arguments);
}

}  // namespace soyuz::jinja
