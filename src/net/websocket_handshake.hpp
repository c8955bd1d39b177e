#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http_message.hpp"
#include "net/websocket_extensions.hpp"

/// The opening handshake (RFC 6455, section 4.2).
namespace soyuz::net {

/// Does the request ask for `Upgrade: websocket`, with `Connection: upgrade` beside it?
bool asks_for_websocket(HttpRequest const& request);

/// What is wrong with such a request, as the response to refuse it; none if it is in order.
std::optional<HttpResponse> check_handshake(HttpRequest const& request);

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string accept_key(std::string_view key);

/// The 101 response. `protocol` may be "".
std::string handshake_response(std::string_view key, std::string_view protocol,
                               std::optional<Compression> const& compression = std::nullopt);

}  // namespace soyuz::net
