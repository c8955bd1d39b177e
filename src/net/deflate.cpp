#include "net/deflate.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <stdexcept>

#include <zlib.h>

#include "net/websocket_codec.hpp"

namespace soyuz::net {

namespace {

/// RFC 7692, 7.2.1: this end of every message is left out on the wire.
constexpr std::string_view tail{"\x00\x00\xff\xff", 4};

constexpr std::size_t first_buffer_bytes = std::size_t{16} << 10U;
constexpr std::size_t kept_buffer_bytes = std::size_t{64} << 10U;

// Higher levels save 2 % of an envelope more and cost half as much time again (docs/websocket.md, "Compression").
constexpr int level = 1;
constexpr int memory_level = 6;
constexpr int window_bits = 15;

Bytef* bytes_of(char const* data) { return reinterpret_cast<Bytef*>(const_cast<char*>(data)); }

void check(int result) {
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result != Z_OK) throw std::runtime_error("zlib refuses its parameters");
}

}  // namespace

Inflater::Inflater() = default;

Inflater::~Inflater() {
    if (stream_) ::inflateEnd(stream_.get());
}

Inflater::Outcome Inflater::inflate(std::string_view compressed, std::size_t max_bytes) {
    if (stream_) {
        check(::inflateReset(stream_.get()));
    } else {
        auto stream = std::make_unique<z_stream>();
        check(::inflateInit2(stream.get(), -window_bits));
        stream_ = std::move(stream);
    }
    size_ = 0;
    // RFC 7692, 7.2.3.6 writes an empty message as one byte; some write it as none.
    if (compressed.empty()) return Outcome::done;
    auto const outcome = feed(compressed, max_bytes);
    if (outcome != Outcome::done) return outcome;
    auto const ended = feed(tail, max_bytes);
    if (ended != Outcome::done) return ended;
    // 128: the last thing read was the end of a block. Everything else is a message cut short.
    return (stream_->data_type & 128) != 0 ? Outcome::done : Outcome::invalid;
}

Inflater::Outcome Inflater::feed(std::string_view bytes, std::size_t max_bytes) {
    auto& stream = *stream_;
    stream.next_in = bytes_of(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    for (;;) {
        if (size_ == buffer_.size()) {
            // One byte more than allowed tells a message that is too large from one that just fits.
            if (size_ > max_bytes) return Outcome::too_large;
            buffer_.resize(std::min(std::max(first_buffer_bytes, 2 * size_), max_bytes + 1));
        }
        // What an earlier connection left may be larger than this one's bound.
        auto const room = std::min(buffer_.size(), max_bytes + 1) - size_;
        stream.next_out = bytes_of(buffer_.data() + size_);
        stream.avail_out = static_cast<uInt>(room);
        int const result = ::inflate(&stream, Z_SYNC_FLUSH);
        size_ += room - stream.avail_out;
        if (size_ > max_bytes) return Outcome::too_large;
        if (result == Z_MEM_ERROR) throw std::bad_alloc();
        if (result == Z_STREAM_END) {
            // RFC 7692, 7.2.3.4: a final block may be followed by more.
            check(::inflateReset(&stream));
            stream.data_type = 128;
            if (stream.avail_in == 0) return Outcome::done;
            continue;
        }
        if (result != Z_OK && result != Z_BUF_ERROR) return Outcome::invalid;
        if (stream.avail_out > 0) return stream.avail_in == 0 ? Outcome::done : Outcome::invalid;
    }
}

void Inflater::trim() {
    size_ = 0;
    if (buffer_.size() > kept_buffer_bytes) buffer_ = std::string();
}

Deflater::Deflater() = default;

Deflater::~Deflater() {
    if (stream_) ::deflateEnd(stream_.get());
}

Deflater::Compressed const& Deflater::compress(SharedFrame const& frames, std::size_t from) {
    if (last_ == frames && last_from_ == from) return result_;
    result_ = {frames, 0};
    last_ = frames;
    last_from_ = from;

    std::string compressed;
    std::size_t copied = 0;  // bytes of `frames` that stand in `compressed` already
    std::string_view const all = *frames;
    for (std::size_t at = 0; at + 2 <= all.size();) {
        auto const first_byte = static_cast<unsigned char>(all[at]);
        auto const marker = static_cast<unsigned char>(all[at + 1]);
        std::size_t const extended = marker == 126 ? 2 : marker == 127 ? 8 : 0;
        if (marker > 127 || all.size() - at < 2 + extended) break;
        std::uint64_t size = extended == 0 ? marker : 0;
        for (std::size_t index = 0; index < extended; ++index)
            size = size << 8U | static_cast<unsigned char>(all[at + 2 + index]);
        auto const begin = at + 2 + extended;
        if (size > all.size() - begin) break;
        auto const payload = all.substr(begin, size);
        auto const end = begin + payload.size();
        bool const whole_message = first_byte == 0x81 || first_byte == 0x82;
        if (whole_message && payload.size() >= from) {
            auto const before = compressed.size();
            compressed.append(all, copied, at - copied);
            if (append_compressed(compressed, first_byte, payload)) {
                copied = end;
                result_.largest = std::max(result_.largest, payload.size());
            } else {
                compressed.resize(before);
            }
        }
        at = end;
    }
    if (copied > 0) {
        compressed.append(all, copied);
        result_.frames = std::make_shared<std::string const>(std::move(compressed));
    }
    return result_;
}

bool Deflater::append_compressed(std::string& frames, unsigned char first_byte, std::string_view payload) {
    if (payload.size() > std::numeric_limits<uInt>::max() / 2) return false;
    if (stream_) {
        check(::deflateReset(stream_.get()));
    } else {
        auto stream = std::make_unique<z_stream>();
        check(::deflateInit2(stream.get(), level, Z_DEFLATED, -window_bits, memory_level, Z_DEFAULT_STRATEGY));
        stream_ = std::move(stream);
    }
    // The result may not become larger than the payload: beyond that there is no need to go on.
    auto const most = payload.size() + tail.size();
    if (buffer_.size() < most) buffer_.resize(std::max(first_buffer_bytes, most));
    stream_->next_in = bytes_of(payload.data());
    stream_->avail_in = static_cast<uInt>(payload.size());
    stream_->next_out = bytes_of(buffer_.data());
    stream_->avail_out = static_cast<uInt>(most);
    check(::deflate(stream_.get(), Z_SYNC_FLUSH));
    if (stream_->avail_in > 0 || stream_->avail_out == 0) return false;
    auto const size = most - stream_->avail_out - tail.size();
    if (size >= payload.size()) return false;
    frames += encode_frame(static_cast<Opcode>(first_byte & 0x0FU), std::string_view(buffer_).substr(0, size), true);
    return true;
}

void Deflater::trim() {
    last_.reset();
    result_ = {};
    if (buffer_.size() > kept_buffer_bytes) buffer_ = std::string();
}

}  // namespace soyuz::net
