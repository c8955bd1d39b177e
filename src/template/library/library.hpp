#pragma once

#include <array>
#include <span>
#include <unordered_map>

#include "template/host_function.hpp"
#include "template/values/objects.hpp"
#include "template/values/operators.hpp"

namespace soyuz::jinja {

/// Names of the parameters in order; a trailing '!' marks one that must be given.
using Parameters = std::array<std::string_view, 6>;
/// The bound arguments, missing where not given.
using Bound = std::array<Value, 6>;

/// A filter, or a method of a text or dict.
struct Filter {
    std::string_view name;
    Parameters parameters;
    Value (*run)(Renderer&, Value const& input, Bound const& arguments) = nullptr;
    /// Instead of `run`, for filters that take whatever they are given.
    Value (*run_variadic)(Renderer&, Value const& input, Arguments arguments) = nullptr;
};

struct Test {
    std::array<std::string_view, 3> names;
    std::size_t parameters = 0;
    bool (*run)(Renderer&, Value const& input, Value const& argument) = nullptr;
};

struct GlobalFunction {
    std::string name;
    Value (*run)(Renderer&, Arguments arguments) = nullptr;
    HostFunction host;      ///< instead of `run`: a function of the program
    bool is_stable = true;  ///< gives the same for the same arguments, within one variant
};

/// Functions by name: Jinja's, and those that the program adds before the first rendering.
using Functions = std::unordered_map<std::string, GlobalFunction>;
Functions standard_functions();

/// Null where there is none of that name.
Filter const* find_filter(std::string_view name);
Test const* find_test(std::string_view name);
/// The same; a Fault where there is none.
Filter const& filter_named(std::string_view name);
Test const& test_named(std::string_view name);

Value apply_filter(Renderer& renderer, Filter const& filter, Value const& input, Arguments arguments);
bool apply_test(Renderer& renderer, Test const& test, Value const& input, Arguments arguments);
Value call_global(Renderer& renderer, GlobalFunction const& function, Arguments arguments);
/// The arguments as `parameters` name them. Faults on what is missing, unknown or too many.
Bound bind_arguments(std::string_view function, Parameters const& parameters, Arguments arguments);

inline bool flag(Value const& value, bool otherwise = false) { return value.is_missing() ? otherwise : truth(value); }

/// The items as one text with `separator` between them, each escaped unless it is markup where the whole is.
Value joined(Budget& budget, std::vector<Value> const& items, Value const& separator, bool as_markup);

std::span<Filter const> text_filters();
std::span<Filter const> html_filters();
std::span<Filter const> number_filters();
std::span<Filter const> sequence_filters();
std::span<Filter const> selection_filters();
std::span<Test const> all_tests();

// Filters with a file of their own.
Value format_filter(Renderer& renderer, Value const& value, Arguments arguments);
Value pprint_filter(Renderer& renderer, Value const& value, Bound const& arguments);
Value urlize_filter(Renderer& renderer, Value const& value, Bound const& arguments);
Value wordwrap_filter(Renderer& renderer, Value const& value, Bound const& arguments);

}  // namespace soyuz::jinja
