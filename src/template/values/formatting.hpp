#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "template/values/budget.hpp"
#include "template/values/value.hpp"

namespace soyuz::jinja {

/// How a field is formatted; both of Python's ways of formatting come down to this.
struct FieldFormat {
    std::string_view fill = " ";  // one character
    char align = '\0';            // '<' '>' '^' '='; none means the type's own
    char sign = '-';              // '-' '+' ' '
    bool alternate = false;
    std::int64_t width = 0;
    char grouping = '\0';  // ',' or '_'
    std::int64_t precision = -1;
    char type = '\0';
};

std::string format_whole(FieldFormat const& format, std::int64_t number);
std::string format_real(FieldFormat const& format, double number);
/// `text` cut to the precision and filled up to the width. Draws on the budget.
std::string padded(Budget& budget, FieldFormat const& format, std::string text, char align);

constexpr std::int64_t max_format_number = 1'000'000;

}  // namespace soyuz::jinja
