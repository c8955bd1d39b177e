#pragma once

#include <cstdint>
#include <string>

#include <zlib.h>

namespace soyuz::web::testing {

inline std::string big_endian(std::uint32_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFFU);
    return bytes;
}

inline std::string chunk(std::string const& type, std::string const& content) {
    auto const body = type + content;
    auto const sum = crc32(0, reinterpret_cast<Bytef const*>(body.data()), static_cast<uInt>(body.size()));
    return big_endian(static_cast<std::uint32_t>(content.size())) + body + big_endian(static_cast<std::uint32_t>(sum));
}

/// A PNG of one colour; its header may claim more rows than there are.
inline std::string png(std::uint32_t width, std::uint32_t height, std::uint32_t rows, std::string const& more = "") {
    using namespace std::string_literals;
    std::string pixels;
    for (std::uint32_t y = 0; y < rows; ++y) pixels += '\0' + std::string(width * 3, '\x7F');
    std::string packed(compressBound(pixels.size()), '\0');
    auto size = static_cast<uLongf>(packed.size());
    compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<Bytef const*>(pixels.data()),
             pixels.size());
    packed.resize(size);
    return "\x89PNG\r\n\x1A\n"s + chunk("IHDR", big_endian(width) + big_endian(height) + "\x08\x02\0\0\0"s) + more +
           chunk("IDAT", packed) + chunk("IEND", "");
}

}  // namespace soyuz::web::testing
