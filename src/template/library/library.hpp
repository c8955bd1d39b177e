#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "template/host_function.hpp"
#include "template/values/objects.hpp"

namespace soyuz::jinja {

class Renderer;

/// Parameters in order; a trailing '!' marks one that must be given.
using Parameters = std::vector<std::string>;
constexpr std::size_t max_parameters = 6;
/// The bound arguments, missing where not given.
using Bound = std::array<Value, max_parameters>;

struct Filter {
    std::string name;
    Parameters parameters;
    Value (*run)(Renderer&, Value const& input, Bound const& arguments) = nullptr;
    /// Instead of `run`, for filters that take whatever they are given.
    Value (*run_variadic)(Renderer&, Value const& input, Arguments arguments) = nullptr;
};

struct Test {
    std::string name;
    std::size_t parameters = 0;
    bool (*run)(Renderer&, Value const& input, Value const& argument) = nullptr;
};

struct GlobalFunction {
    std::string name;
    Value (*run)(Renderer&, Arguments arguments) = nullptr;
    HostFunction host;
    bool is_stable = false;  ///< gives the same for the same arguments, within one variant
};

/// Every filter, test and function by name; filled before the first rendering.
struct Library {
    std::unordered_map<std::string, Filter> filters;
    std::unordered_map<std::string, Test> tests;
    std::unordered_map<std::string, GlobalFunction> functions;

    Library();
    Filter const* filter(std::string_view name) const;
    Test const* test(std::string_view name) const;
    GlobalFunction const* function(std::string_view name) const;
};

Value apply_filter(Renderer& renderer, Filter const& filter, Value const& input, Arguments arguments);
bool apply_test(Renderer& renderer, Test const& test, Value const& input, Arguments arguments);
Value call_global(Renderer& renderer, GlobalFunction const& function, Arguments arguments);
/// The dictionary of arguments as `parameters` name them. Faults on what is missing, unknown or too many.
Bound bind_arguments(std::string_view function, Parameters const& parameters, Arguments arguments);

/// The filter `format`.
Value format_filter(Renderer& renderer, Value const& value, Arguments arguments);

void add_text_filters(Library& library);
void add_html_filters(Library& library);
void add_number_filters(Library& library);
void add_sequence_filters(Library& library);
void add_selection_filters(Library& library);
void add_tests(Library& library);
void add_functions(Library& library);

}  // namespace soyuz::jinja
