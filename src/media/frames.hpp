#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

/// What the server and a worker say to each other over a socket pair: a letter, the length of what follows in four
/// bytes, the lowest first, and that.
namespace soyuz::media {

inline constexpr char data_frame = 'D';     ///< to the worker: bytes of the stream
inline constexpr char end_frame = 'E';      ///< to the worker: there are no more
inline constexpr char picture_frame = 'P';  ///< from it: a JPEG
inline constexpr char spoken_frame = 'S';   ///< from it: {text, seconds, words:[{w, p}]}
inline constexpr char fault_frame = 'F';    ///< from it: why it ends, for people
inline constexpr char alive_frame = 'A';    ///< from it: it goes on reading
inline constexpr std::size_t frame_head = 5;
inline constexpr std::size_t largest_frame = std::size_t{2} << 20U;
inline constexpr int worker_socket = 3;

inline std::string frame_head_of(char kind, std::size_t length) {
    std::string head(frame_head, kind);
    for (std::size_t i = 0; i < 4; ++i) head[i + 1] = static_cast<char>(length >> (8 * i) & 0xFFU);
    return head;
}

/// The length in a head; none where it is beyond the bound.
inline std::optional<std::size_t> frame_length(std::string_view head) {
    std::size_t length = 0;
    for (std::size_t i = 4; i > 0; --i) length = length << 8U | static_cast<unsigned char>(head[i]);
    if (length > largest_frame) return std::nullopt;
    return length;
}

}  // namespace soyuz::media
