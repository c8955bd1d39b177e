#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "template/language/syntax.hpp"

namespace soyuz::jinja {

/// Compiles `source`. Throws TemplateError with the line and what was expected and found.
std::shared_ptr<Template const> compile(std::string const& name, std::string_view source, std::size_t max_nesting);

}  // namespace soyuz::jinja
