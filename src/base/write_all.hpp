#pragma once

#include <string_view>

namespace soyuz::base {

/// Writes all of `bytes` to a file descriptor that blocks. False, with errno, where the disk takes no more.
bool write_all(int descriptor, std::string_view bytes);

}  // namespace soyuz::base
