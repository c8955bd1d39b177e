#pragma once

#include <chrono>

namespace soyuz::live {

/// The longest that a stream may be held back.
inline constexpr std::chrono::seconds longest_delay{60};

}  // namespace soyuz::live
