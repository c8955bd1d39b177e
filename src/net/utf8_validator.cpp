#include "net/utf8_validator.hpp"

#include <cstring>

namespace soyuz::net {

bool Utf8Validator::begin_sequence(unsigned char byte) {
    // RFC 3629, section 4; the ranges leave out overlong forms, surrogates and what lies beyond U+10FFFF.
    lowest_ = 0x80;
    highest_ = 0xBF;
    if (byte >= 0xC2 && byte <= 0xDF) {
        needed_ = 1;
    } else if (byte >= 0xE0 && byte <= 0xEF) {
        needed_ = 2;
        if (byte == 0xE0) lowest_ = 0xA0;
        if (byte == 0xED) highest_ = 0x9F;
    } else if (byte >= 0xF0 && byte <= 0xF4) {
        needed_ = 3;
        if (byte == 0xF0) lowest_ = 0x90;
        if (byte == 0xF4) highest_ = 0x8F;
    } else {
        return false;
    }
    return true;
}

bool Utf8Validator::feed(std::string_view bytes) {
    if (failed_) return false;
    char const* at = bytes.data();
    char const* const end = at + bytes.size();
    while (at != end) {
        // Plain ASCII, eight bytes at a time.
        while (needed_ == 0 && end - at >= 8) {
            std::uint64_t word;
            std::memcpy(&word, at, sizeof word);
            if ((word & 0x8080808080808080U) != 0) break;
            at += 8;
        }
        if (at == end) break;
        auto const byte = static_cast<unsigned char>(*at++);
        if (needed_ == 0) {
            if (byte >= 0x80 && !begin_sequence(byte)) failed_ = true;
        } else if (byte < lowest_ || byte > highest_) {
            failed_ = true;
        } else {
            --needed_;
            lowest_ = 0x80;
            highest_ = 0xBF;
        }
        if (failed_) return false;
    }
    return true;
}

}  // namespace soyuz::net
