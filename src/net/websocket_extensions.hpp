#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "net/http_message.hpp"

/// Sec-WebSocket-Extensions (RFC 6455, section 9): permessage-deflate (RFC 7692) and nothing else.
namespace soyuz::net {

/// What is agreed on. Beside it neither side ever takes context over.
struct Compression {
    std::uint8_t server_window_bits = 15;  ///< 8 … 15: how far back what the server compresses may refer
    bool names_window = false;             ///< the client limited it, so the answer repeats it
};

struct Extensions {
    bool well_formed = true;
    std::optional<Compression> compression;  ///< from the first offer that can be met
};
Extensions negotiate_extensions(HttpRequest const& request);

/// The value of Sec-WebSocket-Extensions that accepts it.
std::string agreement(Compression const& compression);

}  // namespace soyuz::net
