#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"

namespace soyuz::base {

using Json = nlohmann::json;

/// Parses untrusted text. Errors: bad_request with the byte where it went wrong, also when nested deeper than
/// `max_depth` or when a key stands twice in one object (two readers could disagree on which of them counts).
Result<Json> parse_json(std::string_view text, std::size_t max_depth = 32);

/// On one line; bytes that are not UTF-8 become U+FFFD.
std::string to_text(Json const& json);

}  // namespace soyuz::base
