#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

struct AVFrame;

namespace soyuz::media {

/// What is made of a stream's bytes.
struct DecoderHooks {
    std::function<int(std::uint8_t* into, int most)> read;  ///< 0 at the end
    std::function<void(AVFrame const&)> picture;            ///< a key frame, at most one in two seconds of the stream
    std::function<void(std::span<std::int16_t const>)> sound;  ///< 16 kHz, one channel
    std::function<void()> alive;                               ///< now and then
};

/// Takes a stream apart until it ends; why it couldn't, "" where it could. Asks for no file and no address, whatever
/// the stream names.
std::string decode(DecoderHooks const& hooks);

}  // namespace soyuz::media
