#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace soyuz::jinja {

/// A regular expression of ICU; in it, @w stands for Python's \w, within brackets. Thread-safe.
class Pattern {
public:
    explicit Pattern(std::string expression, bool any_case = false);
    ~Pattern();

    bool matches(std::string_view whole) const;
    /// Every match, in order.
    std::vector<std::string_view> all(std::string_view text) const;

private:
    struct Compiled;  // hides ICU
    std::unique_ptr<Compiled const> compiled_;
};

}  // namespace soyuz::jinja
