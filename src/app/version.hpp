#pragma once

#include <string>

namespace soyuz::app {

/// The nearest tag of the source, or its short commit.
std::string version();

}  // namespace soyuz::app
