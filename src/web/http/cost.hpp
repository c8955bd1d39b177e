#pragma once

#include <cstdint>

namespace soyuz::web {

/// What a route's handler takes beyond the time of a page. Each kind is worked on by threads of its own.
enum class Cost : std::uint8_t { page, hashing, picture, search, upload };

}  // namespace soyuz::web
