#include "template/library/library.hpp"

#include <nlohmann/json.hpp>

#include "template/running/renderer.hpp"
#include "template/template_error.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

template <class Map>
auto const* look_up(Map const& map, std::string_view name) {
    auto const found = map.find(std::string(name));
    return found == map.end() ? nullptr : &found->second;
}

Value call_host(Renderer& renderer, GlobalFunction const& function, Arguments const& arguments) {
    arguments.refuse_keywords(function.name);
    std::vector<Json> values;
    for (auto const& argument : arguments.positional) values.push_back(to_json(argument));
    try {
        auto result = hold_json(function.host(values, renderer.variant()));
        if (result.is_text()) renderer.budget.spend(result.as_text().size());
        return result;
    } catch (Fault const&) {
        throw;
    } catch (TemplateError const&) {
        throw;
    } catch (std::exception const& error) {
        throw Fault(function.name + ": " + error.what());
    }
}

}  // namespace

Library::Library() {
    add_text_filters(*this);
    add_html_filters(*this);
    add_number_filters(*this);
    add_sequence_filters(*this);
    add_selection_filters(*this);
    add_tests(*this);
    add_functions(*this);
}

Filter const* Library::filter(std::string_view name) const { return look_up(filters, name); }
Test const* Library::test(std::string_view name) const { return look_up(tests, name); }
GlobalFunction const* Library::function(std::string_view name) const { return look_up(functions, name); }

Bound bind_arguments(std::string_view function, Parameters const& parameters, Arguments arguments) {
    if (arguments.positional.size() > parameters.size())
        throw Fault(std::string(function) + " takes at most " + std::to_string(parameters.size()) +
                    " arguments, found " + std::to_string(arguments.positional.size()));
    Bound bound;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        bool const required = parameters[i].back() == '!';
        auto const name = std::string_view(parameters[i]).substr(0, parameters[i].size() - (required ? 1 : 0));
        if (i < arguments.positional.size()) {
            bound[i] = std::move(arguments.positional[i]);
            for (auto const& [key, value] : arguments.keyword)
                if (key.as_text() == name)
                    throw Fault(std::string(function) + " got two values for " + std::string(name));
        } else if (!arguments.keyword.empty()) {
            bound[i] = arguments.take(name);
        }
        if (required && bound[i].is_missing())
            throw Fault(std::string(function) + " misses the argument " + std::string(name));
    }
    arguments.refuse_keywords(function);
    return bound;
}

Value apply_filter(Renderer& renderer, Filter const& filter, Value const& input, Arguments arguments) {
    if (filter.run != nullptr)
        return filter.run(renderer, input, bind_arguments(filter.name, filter.parameters, std::move(arguments)));
    return filter.run_variadic(renderer, input, std::move(arguments));
}

bool apply_test(Renderer& renderer, Test const& test, Value const& input, Arguments arguments) {
    arguments.refuse_keywords(test.name);
    if (arguments.positional.size() != test.parameters)
        throw Fault("the test '" + test.name + "' takes " + std::to_string(test.parameters) + " arguments, found " +
                    std::to_string(arguments.positional.size()));
    return test.run(renderer, input, test.parameters == 0 ? Value{} : arguments.positional[0]);
}

Value call_global(Renderer& renderer, GlobalFunction const& function, Arguments arguments) {
    if (function.run != nullptr) return function.run(renderer, std::move(arguments));
    if (!function.is_stable) renderer.touch(0);
    return call_host(renderer, function, arguments);
}

}  // namespace soyuz::jinja
