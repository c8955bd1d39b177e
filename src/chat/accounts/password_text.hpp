#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace soyuz::chat {

/// No password is longer, as it is prepared.
constexpr std::size_t max_password_bytes = 256;

/// A password as it is hashed, whichever keyboard it was typed on: every space is U+0020, full- and half-width forms
/// are the letters that they stand for, and the whole is in NFC (RFC 8265, 4.2, with a width mapping). What isn't UTF-8
/// stays as it is.
std::string prepared_password(std::string_view given);

}  // namespace soyuz::chat
