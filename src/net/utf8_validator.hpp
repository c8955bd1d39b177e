#pragma once

#include <cstdint>
#include <string_view>

namespace soyuz::net {

/// Checks UTF-8 (RFC 3629) that arrives in pieces, and fails on the first byte that can't continue it.
class Utf8Validator {
public:
    /// False from the first impossible byte on.
    bool feed(std::string_view bytes);
    /// Does the text seen so far end between two characters?
    bool is_complete() const { return needed_ == 0 && !failed_; }
    void reset() { *this = Utf8Validator(); }

private:
    bool begin_sequence(unsigned char byte);

    std::uint8_t needed_ = 0;     ///< continuation bytes still to come
    std::uint8_t lowest_ = 0x80;  ///< range of the next one: narrower after E0, ED, F0 and F4
    std::uint8_t highest_ = 0xBF;
    bool failed_ = false;
};

}  // namespace soyuz::net
