#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace soyuz::web {

/// Reads a PNG, JPEG, WebP or GIF of at most 4096 × 4096 pixels, told by its content, and makes a square WebP of
/// 256 × 256 without metadata. Errors: wrong_type, invalid_value (field "avatar"). May take tens of milliseconds; one
/// picture is worked on at a time. Thread-safe.
base::Result<std::string> make_avatar(std::string_view content);

}  // namespace soyuz::web
