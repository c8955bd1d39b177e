#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace soyuz::web {

/// Reads a PNG, JPEG, WebP or GIF, told by its content, and makes a WebP of 256 × 256 without metadata of the square in
/// its middle. Errors: wrong_type, invalid_value (field "avatar") for what can't be read, for more pixels than the
/// format may have here, and for a side that is over 20 times the other.
///
/// What it costs depends on the pixels that there are to decode: most take milliseconds, the largest about a second of
/// one core and 200 MB (docs/performance.md). What has not come to its end after `longest` is given up where the next
/// rows begin. Thread-safe; the caller bounds how many are made at once.
base::Result<std::string> make_avatar(std::string_view content,
                                      std::chrono::milliseconds longest = std::chrono::seconds{5});

/// Width and height of a picture as browsers show it, turned as the camera noted; zeros for what can't be read. Only
/// the header is read.
struct PictureSize {
    std::size_t width = 0;
    std::size_t height = 0;
};
PictureSize picture_size(std::string_view content);

}  // namespace soyuz::web
