#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <unicode/uversion.h>

U_NAMESPACE_BEGIN
class RegexPattern;
U_NAMESPACE_END

namespace soyuz::jinja {

/// A regular expression of ICU; in it, @w within brackets stands for Python's \w. Thread-safe.
class Pattern {
public:
    explicit Pattern(std::string expression, bool any_case = false);

    bool matches(std::string_view whole) const;
    /// Every match, in order.
    std::vector<std::string_view> all(std::string_view text) const;

private:
    std::shared_ptr<icu::RegexPattern const> pattern_;
};

}  // namespace soyuz::jinja
