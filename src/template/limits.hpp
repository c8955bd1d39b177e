#pragma once

#include <cstddef>

#include "template/template_error.hpp"

namespace soyuz::jinja {

/// What one rendering may use up; each limit ends it with a TemplateError.
struct Limits {
    std::size_t include_depth = 32;
    std::size_t nesting = 64;  ///< of blocks and expressions
    std::size_t output_bytes = 8U << 20U;
    std::size_t steps = 1'000'000;  ///< loop turns, calls and the like
};

/// What one rendering may still use up; every loop, call and built value draws on it.
class Budget {
public:
    Budget(std::size_t steps, std::size_t bytes) : steps_(steps), bytes_(bytes) {}

    void tick(std::size_t steps = 1) {
        if (steps > steps_) throw Fault("the page takes too many steps");
        steps_ -= steps;
    }
    /// For work that is proportional to `items` but far cheaper per item than a step.
    void scan(std::size_t items) { tick(1 + items / 16); }
    void spend(std::size_t bytes) {
        if (bytes > bytes_) throw Fault("the page builds values that are too large");
        bytes_ -= bytes;
    }

private:
    std::size_t steps_;
    std::size_t bytes_;
};

}  // namespace soyuz::jinja
