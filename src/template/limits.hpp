#pragma once

#include <cstddef>

namespace soyuz::jinja {

/// What one rendering may use up; each limit ends it with a TemplateError.
struct Limits {
    std::size_t include_depth = 32;
    std::size_t nesting = 64;  ///< of blocks and expressions
    std::size_t output_bytes = 8U << 20U;
    std::size_t steps = 1'000'000;  ///< loop turns, calls and the like
};

}  // namespace soyuz::jinja
