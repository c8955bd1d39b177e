#pragma once

#include <string>

namespace soyuz::web {

/// A QR code of `text` as an SVG picture, dark on white with its quiet zone, whatever the theme: scanners need it so.
std::string qr_svg(std::string const& text);

}  // namespace soyuz::web
