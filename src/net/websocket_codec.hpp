#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/utf8_validator.hpp"

/// Frames of RFC 6455, section 5, on bytes alone: no sockets here.
namespace soyuz::net {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Status codes of RFC 6455, section 7.4.1, and of the IANA registry.
namespace close_code {
constexpr std::uint16_t normal = 1000, going_away = 1001, protocol_error = 1002, none = 1005, vanished = 1006,
                        invalid_text = 1007, policy = 1008, too_big = 1009, internal_error = 1011,
                        try_again_later = 1013;
}

/// May `code` stand in a close frame?
bool is_valid_close_code(std::uint16_t code);

/// A frame as a server sends it, unmasked. `compressed` sets RSV1 (RFC 7692).
std::string encode_frame(Opcode opcode, std::string_view payload, bool compressed = false, bool final = true);
/// `code` 1005 makes an empty one; `reason` is cut to 123 bytes between two characters.
std::string encode_close(std::uint16_t code, std::string_view reason);

/// XORs `size` bytes with the mask, beginning at the mask's byte `phase` (0 … 3).
void unmask(char* data, std::size_t size, std::array<std::uint8_t, 4> const& mask, std::size_t phase);

/// What a decoder finds. The views are valid during the call only.
class FrameSink {
public:
    virtual ~FrameSink() = default;
    /// A whole message; `kind` is text (valid UTF-8 unless compressed) or binary.
    virtual void message(Opcode kind, std::string_view payload, bool compressed) = 0;
    virtual void ping(std::string_view payload) = 0;
    virtual void pong(std::string_view payload) = 0;
    /// `code` is 1005 where the frame names none. Nothing follows.
    virtual void peer_closed(std::uint16_t code, std::string_view reason) = 0;
};

/// Decodes the frames of a client, fed in pieces of any size. Not thread-safe.
class FrameDecoder {
public:
    struct Limits {
        std::size_t message_bytes;
        std::size_t fragments;
        bool compression_negotiated = false;  ///< RSV1 is allowed on the first frame of a message
    };

    explicit FrameDecoder(Limits limits) : limits_(limits) {}

    /// Decodes `size` bytes, unmasking them in place. Returns 0, or the code of the close frame that the
    /// connection must fail with; then, and after a close frame, the rest is ignored.
    std::uint16_t feed(char* data, std::size_t size, FrameSink& sink);

private:
    std::uint16_t begin_frame();
    std::uint16_t check_first_bytes();
    std::uint16_t take_data(char const* data, std::size_t size, FrameSink& sink);
    std::uint16_t take_control(char const* data, std::size_t size, FrameSink& sink);
    std::uint16_t finish_close(std::string_view payload, FrameSink& sink);
    std::size_t header_bytes() const;

    Limits limits_;
    std::array<std::uint8_t, 14> header_{};
    std::uint8_t header_size_ = 0;
    bool in_payload_ = false;
    bool final_ = false;
    bool ended_ = false;
    bool compressed_ = false;
    Opcode opcode_ = Opcode::continuation;
    Opcode message_kind_ = Opcode::continuation;  ///< continuation: no message has begun
    Utf8Validator text_;
    std::array<std::uint8_t, 4> mask_{};
    std::uint32_t fragments_ = 0;
    std::uint64_t payload_left_ = 0;
    std::size_t mask_phase_ = 0;
    std::string message_;  ///< what came of a message that is not complete
    std::string control_;  ///< the same of a control frame, at most 125 bytes
};

}  // namespace soyuz::net
