#include "web/files/qr.hpp"

#include <qrcodegen.hpp>

namespace soyuz::web {

std::string qr_svg(std::string const& text) {
    auto const code = qrcodegen::QrCode::encodeText(text.c_str(), qrcodegen::QrCode::Ecc::MEDIUM);
    constexpr int quiet_zone = 4;  // ISO/IEC 18004: four modules
    auto const side = std::to_string(code.getSize() + 2 * quiet_zone);
    std::string svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + ' ' + side +
        "\" shape-rendering=\"crispEdges\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"";
    for (int y = 0; y < code.getSize(); ++y) {
        for (int x = 0; x < code.getSize(); ++x) {
            if (!code.getModule(x, y)) continue;
            int end = x;
            while (end < code.getSize() && code.getModule(end, y)) ++end;
            svg += 'M' + std::to_string(x + quiet_zone) + ',' + std::to_string(y + quiet_zone) + 'h' +
                   std::to_string(end - x) + "v1h-" + std::to_string(end - x) + 'z';
            x = end;
        }
    }
    return svg + "\" fill=\"#000\"/></svg>";
}

}  // namespace soyuz::web
