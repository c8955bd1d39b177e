#include "net/websocket_handshake.hpp"

#include <algorithm>
#include <array>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "net/http_rules.hpp"

namespace soyuz::net {

namespace {

bool any_list_has(HttpRequest const& request, std::string_view name, std::string_view token) {
    return std::any_of(request.headers.begin(), request.headers.end(), [&](auto const& header) {
        return equal_ignoring_case(header.first, name) && list_has(header.second, token);
    });
}

auto count_of(HttpRequest const& request, std::string_view name) {
    return std::count_if(request.headers.begin(), request.headers.end(),
                         [&](auto const& header) { return equal_ignoring_case(header.first, name); });
}

/// Sixteen bytes as base64: 22 characters and two paddings.
bool is_valid_key(std::string_view key) {
    return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, [](char letter) {
               return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
                      (letter >= '0' && letter <= '9') || letter == '+' || letter == '/';
           });
}

}  // namespace

bool asks_for_websocket(HttpRequest const& request) {
    return any_list_has(request, "Upgrade", "websocket") && any_list_has(request, "Connection", "upgrade");
}

std::optional<HttpResponse> check_handshake(HttpRequest const& request) {
    if (request.method != "GET") return refusal(400, "A WebSocket begins with GET.");
    if (request.minor_version < 1) return refusal(400, "A WebSocket begins with HTTP/1.1.");
    if (!request.body.empty()) return refusal(400, "A WebSocket handshake has no body.");
    if (count_of(request, "Sec-WebSocket-Version") > 1 || count_of(request, "Sec-WebSocket-Key") > 1) {
        return refusal(400, "A header of the handshake is repeated.");
    }
    if (request.header("Sec-WebSocket-Version") != "13") {
        // RFC 6455, 4.4: the answer names the version that is spoken.
        return refusal(426, "Only version 13 of WebSocket is supported.",
                       {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}});
    }
    if (!is_valid_key(request.header("Sec-WebSocket-Key"))) return refusal(400, "Sec-WebSocket-Key is malformed.");
    // RFC 6455, 9.1: what doesn't follow the grammar fails the connection.
    if (!negotiate_extensions(request).well_formed) return refusal(400, "Sec-WebSocket-Extensions is malformed.");
    return std::nullopt;
}

std::string accept_key(std::string_view key) {
    auto const input = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
    SHA1(reinterpret_cast<unsigned char const*>(input.data()), input.size(), digest.data());
    std::array<unsigned char, 32> encoded;
    auto const size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
    return {reinterpret_cast<char const*>(encoded.data()), static_cast<std::size_t>(size)};
}

std::string handshake_response(std::string_view key, std::string_view protocol,
                               std::optional<Compression> const& compression) {
    std::string bytes = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    bytes.append("Sec-WebSocket-Accept: ").append(accept_key(key)).append("\r\n");
    if (!protocol.empty()) bytes.append("Sec-WebSocket-Protocol: ").append(protocol).append("\r\n");
    if (compression) bytes.append("Sec-WebSocket-Extensions: ").append(agreement(*compression)).append("\r\n");
    return bytes.append("\r\n");
}

}  // namespace soyuz::net
