#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace soyuz::web {

/// A PNG without the chunks that its pixels don't need (PNG, 5.6: text, times, further frames of an animation): some
/// hold kilobytes that unpack to gigabytes. Of each kind that may stand once the first is kept. None where the chunks
/// are not framed as they should be. Linear in the length.
std::optional<std::string> essential_png(std::string_view content);

}  // namespace soyuz::web
