#pragma once

#include <string_view>
#include <vector>

#include "template/library/library.hpp"

namespace soyuz::jinja {

struct TextMethod {
    std::string_view name;
    Parameters parameters;
    Value (*run)(Renderer&, Value const& self, Bound const& arguments);
};

/// Python's methods of str, but for format() and those of bytes and tables.
std::vector<TextMethod> const& text_method_list();

}  // namespace soyuz::jinja
