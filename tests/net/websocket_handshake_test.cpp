#include "net/websocket_handshake.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace soyuz::net;

namespace {

HttpRequest handshake() {
    HttpRequest request;
    request.method = "GET";
    request.target = "/ws";
    request.headers = {{"Host", "a"},
                       {"Upgrade", "WebSocket"},
                       {"Connection", "keep-alive, Upgrade"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"Sec-WebSocket-Version", "13"}};
    return request;
}

void set(HttpRequest& request, std::string const& name, std::string const& value) {
    for (auto& header : request.headers) {
        if (header.first == name) header.second = value;
    }
}

}  // namespace

TEST_CASE("the accepting key is that of RFC 6455, 1.3") {
    CHECK(accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("a request asks for a WebSocket with both Upgrade and Connection") {
    CHECK(asks_for_websocket(handshake()));
    for (auto const* name : {"Upgrade", "Connection"}) {
        auto request = handshake();
        set(request, name, "other");
        CHECK_FALSE(asks_for_websocket(request));
    }
}

TEST_CASE("a malformed handshake is refused") {
    CHECK_FALSE(check_handshake(handshake()));
    auto const status = [](HttpRequest const& request) {
        auto const refusal = check_handshake(request);
        return refusal ? refusal->bytes.substr(9, 3) : std::string("none");
    };
    auto request = handshake();
    request.method = "POST";
    CHECK(status(request) == "400");
    request = handshake();
    request.minor_version = 0;
    CHECK(status(request) == "400");
    request = handshake();
    request.body = "x";
    CHECK(status(request) == "400");
    for (auto const* key : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=a", "dGhlIHNhbXBsZSBub25jZWE=",
                            "dGhl*HNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ=="}) {
        INFO(key);
        request = handshake();
        set(request, "Sec-WebSocket-Key", key);
        CHECK(status(request) == "400");
    }
    for (auto const* version : {"", "8", "12", "14", "013"}) {
        INFO(version);
        request = handshake();
        set(request, "Sec-WebSocket-Version", version);
        CHECK(status(request) == "426");
        CHECK(check_handshake(request)->bytes.find("Sec-WebSocket-Version: 13\r\n") != std::string::npos);
    }
    request = handshake();
    request.headers.emplace_back("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    CHECK(status(request) == "400");
}
