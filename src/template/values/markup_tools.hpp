#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "template/values/budget.hpp"
#include "template/values/value.hpp"

namespace soyuz::jinja {

/// Text without comments, tags and superfluous white space, its entities resolved.
std::string without_tags(std::string_view html);

struct LinkStyle {
    std::int64_t max_length = std::numeric_limits<std::int64_t>::max();  ///< of the shown address
    std::string relations;                                               // escaped
    std::string target;                                                  // escaped
    std::vector<std::string> extra_schemes;
};
/// Makes links of the addresses in `html`, which is escaped.
std::string with_links(std::string_view html, LinkStyle const& style);
bool is_uri_scheme(std::string_view scheme);

/// JSON as Python writes it with sorted keys, safe inside of HTML. `indention` null means on one line.
void append_json(std::string& out, Budget& budget, Value const& value, std::string const* indention,
                 std::size_t depth = 0);

}  // namespace soyuz::jinja
