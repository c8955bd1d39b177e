#include "net/websocket_codec.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include "net/websocket.hpp"

namespace soyuz::net {

namespace {

constexpr std::size_t control_bytes = 125;

bool is_control(Opcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }

bool is_known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

void append_frame(std::string& frame, Opcode opcode, std::string_view payload, bool compressed, bool final) {
    frame.push_back(static_cast<char>((final ? 0x80 : 0) | (compressed ? 0x40 : 0) | static_cast<int>(opcode)));
    auto const size = std::uint64_t{payload.size()};
    auto const append_size = [&](char marker, int bytes) {
        frame.push_back(marker);
        for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
            frame.push_back(static_cast<char>(size >> shift & 0xFF));
    };
    if (size < 126) {
        frame.push_back(static_cast<char>(size));
    } else if (size <= 0xFFFF) {
        append_size(126, 2);
    } else {
        append_size(127, 8);
    }
    frame.append(payload);
}

}  // namespace

bool is_valid_close_code(std::uint16_t code) {
    // RFC 6455, 7.4.2: 1004 to 1006 and 1015 never stand in a frame; 3000 to 4999 are free to use.
    return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code <= 4999);
}

std::string encode_frame(Opcode opcode, std::string_view payload, bool compressed, bool final) {
    std::string frame;
    frame.reserve(payload.size() + 10);
    append_frame(frame, opcode, payload, compressed, final);
    return frame;
}

std::string encode_close(std::uint16_t code, std::string_view reason) {
    if (code == close_code::none) return encode_frame(Opcode::close, {});
    if (reason.size() > control_bytes - 2) {
        auto size = control_bytes - 2;
        while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xC0U) == 0x80) --size;
        reason = reason.substr(0, size);
    }
    std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
    payload.append(reason);
    return encode_frame(Opcode::close, payload);
}

void append_text(std::string& out, std::string_view payload) { append_frame(out, Opcode::text, payload, false, true); }

SharedFrame encode_text(std::string_view payload) {
    return std::make_shared<std::string const>(encode_frame(Opcode::text, payload));
}

SharedFrame encode_binary(std::string_view payload) {
    return std::make_shared<std::string const>(encode_frame(Opcode::binary, payload));
}

void unmask(char* data, std::size_t size, std::array<std::uint8_t, 4> const& mask, std::size_t phase) {
    std::array<std::uint8_t, 8> turned;
    for (std::size_t index = 0; index < turned.size(); ++index) turned[index] = mask[(phase + index) % 4];
    std::uint64_t wide;
    std::memcpy(&wide, turned.data(), sizeof wide);
    std::size_t at = 0;
    for (; at + 8 <= size; at += 8) {
        std::uint64_t word;
        std::memcpy(&word, data + at, sizeof word);
        word ^= wide;
        std::memcpy(data + at, &word, sizeof word);
    }
    for (; at < size; ++at) data[at] = static_cast<char>(static_cast<std::uint8_t>(data[at]) ^ turned[at % 8]);
}

std::size_t FrameDecoder::header_bytes() const {
    if (header_size_ < 2) return 2;
    auto const length = header_[1] & 0x7FU;
    return 2U + (length == 126 ? 2U : length == 127 ? 8U : 0U) + 4U;
}

std::uint16_t FrameDecoder::check_first_bytes() {
    auto const opcode = static_cast<std::uint8_t>(header_[0] & 0x0FU);
    bool const final = (header_[0] & 0x80U) != 0;
    bool const compressed = (header_[0] & 0x40U) != 0;
    // RFC 6455, 5.2: reserved bits are 0 unless negotiated, unknown opcodes fail the connection.
    if ((header_[0] & 0x30U) != 0 || !is_known(opcode)) return close_code::protocol_error;
    if (compressed && (!limits_.compression_negotiated || opcode == 0 || opcode >= 8))
        return close_code::protocol_error;
    // 5.1: a client masks every frame.
    if ((header_[1] & 0x80U) == 0) return close_code::protocol_error;
    // 5.5: control frames are short and never fragmented.
    if (opcode >= 8 && (!final || (header_[1] & 0x7FU) > control_bytes)) return close_code::protocol_error;
    // 5.4: a continuation needs a beginning, and a new message has to wait for the end of the last.
    bool const in_message = message_kind_ != Opcode::continuation;
    if (opcode < 8 && (opcode == 0) != in_message) return close_code::protocol_error;
    return 0;
}

std::uint16_t FrameDecoder::begin_frame() {
    opcode_ = static_cast<Opcode>(header_[0] & 0x0FU);
    final_ = (header_[0] & 0x80U) != 0;
    auto const length = header_[1] & 0x7FU;
    auto const extended = length == 126 ? 2U : length == 127 ? 8U : 0U;
    payload_left_ = extended == 0 ? length : 0;
    for (unsigned index = 0; index < extended; ++index) payload_left_ = payload_left_ << 8U | header_[2 + index];
    std::copy_n(header_.begin() + 2 + extended, 4, mask_.begin());
    mask_phase_ = 0;
    header_size_ = 0;
    in_payload_ = true;
    // 5.2: the shortest form of a length must be used, and its highest bit is 0.
    if (extended == 2 && payload_left_ < 126) return close_code::protocol_error;
    if (extended == 8 && (payload_left_ <= 0xFFFF || payload_left_ >> 63U != 0)) return close_code::protocol_error;
    if (is_control(opcode_)) return 0;

    if (opcode_ != Opcode::continuation) {
        message_kind_ = opcode_;
        compressed_ = (header_[0] & 0x40U) != 0;
        fragments_ = 0;
        text_.reset();
    }
    if (++fragments_ > limits_.fragments) return close_code::policy;
    // Refused by its announced length, before any of it is kept. What can't be compressed grows a little.
    auto const most = limits_.message_bytes + (compressed_ ? limits_.message_bytes / 1024 + 64 : 0);
    if (payload_left_ > most - std::min(most, message_.size())) {
        return close_code::too_big;
    }
    return 0;
}

std::uint16_t FrameDecoder::feed(char* data, std::size_t size, FrameSink& sink) {
    while (!ended_) {
        if (!in_payload_) {
            if (size == 0) return 0;
            header_[header_size_++] = static_cast<std::uint8_t>(*data++);
            --size;
            std::uint16_t failure = header_size_ == 2 ? check_first_bytes() : std::uint16_t{0};
            if (failure == 0 && header_size_ == header_bytes() && header_size_ > 2) failure = begin_frame();
            if (failure != 0) {
                ended_ = true;
                return failure;
            }
            continue;
        }
        if (size == 0 && payload_left_ > 0) return 0;
        auto const count = static_cast<std::size_t>(std::min<std::uint64_t>(size, payload_left_));
        unmask(data, count, mask_, mask_phase_);
        mask_phase_ = (mask_phase_ + count) % 4;
        payload_left_ -= count;
        auto const failure = is_control(opcode_) ? take_control(data, count, sink) : take_data(data, count, sink);
        data += count;
        size -= count;
        if (payload_left_ == 0) in_payload_ = false;
        if (failure != 0) {
            ended_ = true;
            return failure;
        }
    }
    return 0;
}

std::uint16_t FrameDecoder::take_data(char const* data, std::size_t size, FrameSink& sink) {
    bool const is_text = message_kind_ == Opcode::text && !compressed_;
    // Fails on the first impossible byte, even inside an unfinished frame (8.1).
    if (is_text && !text_.feed({data, size})) return close_code::invalid_text;
    bool const complete = payload_left_ == 0 && final_;
    if (!complete) {
        message_.append(data, size);
        return 0;
    }
    if (is_text && !text_.is_complete()) return close_code::invalid_text;
    auto const kind = message_kind_;
    message_kind_ = Opcode::continuation;
    if (message_.empty()) {
        // The whole message lies in the loop's buffer: nothing is copied.
        sink.message(kind, {data, size}, compressed_);
        return 0;
    }
    message_.append(data, size);
    auto const whole = std::move(message_);
    message_ = std::string();
    sink.message(kind, whole, compressed_);
    return 0;
}

std::uint16_t FrameDecoder::take_control(char const* data, std::size_t size, FrameSink& sink) {
    std::string_view payload{data, size};
    std::string whole;
    if (payload_left_ > 0 || !control_.empty()) {
        control_.append(payload);
        if (payload_left_ > 0) return 0;
        whole = std::move(control_);
        control_ = std::string();
        payload = whole;
    }
    if (opcode_ == Opcode::close) return finish_close(payload, sink);
    if (opcode_ == Opcode::ping) {
        sink.ping(payload);
    } else {
        sink.pong(payload);
    }
    return 0;
}

std::uint16_t FrameDecoder::finish_close(std::string_view payload, FrameSink& sink) {
    if (payload.size() == 1) return close_code::protocol_error;
    ended_ = true;
    if (payload.empty()) {
        sink.peer_closed(close_code::none, {});
        return 0;
    }
    auto const code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8U |
                                                 static_cast<unsigned char>(payload[1]));
    if (!is_valid_close_code(code)) return close_code::protocol_error;
    Utf8Validator reason;
    if (!reason.feed(payload.substr(2)) || !reason.is_complete()) return close_code::invalid_text;
    sink.peer_closed(code, payload.substr(2));
    return 0;
}

}  // namespace soyuz::net
