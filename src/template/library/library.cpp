#include "template/library/library.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "template/running/renderer.hpp"
#include "template/template_error.hpp"
#include "template/values/operators.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

/// What has several names stands in a table under each of them.
template <class Entry>
using Table = std::unordered_map<std::string_view, Entry const*>;

template <class Entry>
Entry const* look_up(Table<Entry> const& table, std::string_view name) {
    auto const found = table.find(name);
    return found == table.end() ? nullptr : found->second;
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

Filter const* find_filter(std::string_view name) {
    static Table<Filter> const filters = [] {
        Table<Filter> table;
        for (auto const part :
             {text_filters(), html_filters(), number_filters(), sequence_filters(), selection_filters()})
            for (auto const& filter : part) table[filter.name] = &filter;
        return table;
    }();
    return look_up(filters, name);
}

Test const* find_test(std::string_view name) {
    static Table<Test> const tests = [] {
        Table<Test> table;
        for (auto const& test : all_tests())
            for (auto const its_name : test.names) table[its_name] = &test;
        table.erase("");
        return table;
    }();
    return look_up(tests, name);
}

Bound bind_arguments(std::string_view function, Parameters const& parameters, Arguments arguments) {
    auto const count =
        static_cast<std::size_t>(std::find(parameters.begin(), parameters.end(), "") - parameters.begin());
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
