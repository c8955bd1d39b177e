#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace soyuz::base {

/// Fills `size` bytes from the operating system's generator. Thread-safe.
void random_bytes(void* out, std::size_t size);

/// `bytes` random bytes as unpadded base64url; 32 bytes make an unguessable token.
std::string random_token(std::size_t bytes = 32);

/// Unpadded base64url (RFC 4648, section 5).
std::string base64url(std::string_view bytes);

/// SHA-256 as unpadded base64url: what is stored of a token that only its holder may know.
std::string token_digest(std::string_view token);

}  // namespace soyuz::base
