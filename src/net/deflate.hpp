#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/websocket.hpp"

struct z_stream_s;

/// What permessage-deflate (RFC 7692, section 7.2) does to payloads. No context is taken over in either direction, so
/// one of each serves all connections of a loop, and a connection keeps nothing. Not thread-safe.
namespace soyuz::net {

/// Decompresses messages within a bound.
class Inflater {
public:
    Inflater();
    ~Inflater();

    enum class Outcome { done, too_large, invalid };
    /// Decompresses one message. Stops as soon as it is larger than `max_bytes`, whatever it would have become.
    Outcome inflate(std::string_view compressed, std::size_t max_bytes);
    /// The message, after `done`; valid until the next call.
    std::string_view message() const { return std::string_view(buffer_).substr(0, size_); }
    /// Gives back what large messages have left behind.
    void trim();

private:
    Outcome feed(std::string_view bytes, std::size_t max_bytes);

    std::unique_ptr<z_stream_s> stream_;  ///< made for the first message
    std::string buffer_;                  ///< its size is what may be written to, so that growing clears bytes once
    std::size_t size_ = 0;
};

/// Compresses frames, and remembers the last ones: what is sent to many is compressed once.
class Deflater {
public:
    Deflater();
    ~Deflater();

    struct Compressed {
        SharedFrame frames;       ///< the same as given where nothing was gained
        std::size_t largest = 0;  ///< bytes of the largest message that was compressed, before it was
    };
    /// The row `frames` with those messages compressed that have at least `from` bytes and get smaller.
    Compressed const& compress(SharedFrame const& frames, std::size_t from);
    /// Forgets the last frames.
    void trim();

private:
    bool append_compressed(std::string& frames, unsigned char first_byte, std::string_view payload);

    std::unique_ptr<z_stream_s> stream_;  ///< made for the first message
    std::string buffer_;
    SharedFrame last_;
    std::size_t last_from_ = 0;
    Compressed result_;
};

}  // namespace soyuz::net
