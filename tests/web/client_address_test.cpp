#include "web/http/client_address.hpp"

#include <catch2/catch.hpp>

using namespace soyuz::web;
using soyuz::net::HttpRequest;

namespace {

struct Case {
    char const* peer;
    std::vector<std::pair<std::string, std::string>> headers;
    char const* address;
    bool https;
    char const* host;
};

}  // namespace

TEST_CASE("forwarded headers are believed from trusted proxies alone, and of several addresses the nearest untrusted") {
    TrustedProxies const proxies{{"127.0.0.1/32", "10.0.0.0/8", "fd00::/8"}};
    for (auto const& [peer, headers, address, https, host] : {
             Case{"203.0.113.9",
                  {{"X-Forwarded-For", "1.2.3.4"}, {"X-Forwarded-Proto", "https"}},
                  "203.0.113.9",
                  false,
                  "h"},
             Case{"203.0.113.9",
                  {{"CF-Connecting-IP", "1.2.3.4"}, {"X-Forwarded-Host", "x"}},
                  "203.0.113.9",
                  false,
                  "h"},
             Case{"127.0.0.1", {{"X-Forwarded-For", "1.2.3.4"}}, "1.2.3.4", false, "h"},
             Case{"::ffff:127.0.0.1", {{"X-Forwarded-For", "1.2.3.4"}}, "1.2.3.4", false, "h"},
             Case{"127.0.0.1", {{"X-Forwarded-For", "6.6.6.6, 1.2.3.4"}}, "1.2.3.4", false, "h"},
             Case{"127.0.0.1", {{"X-Forwarded-For", "6.6.6.6, 1.2.3.4, 10.1.2.3"}}, "1.2.3.4", false, "h"},
             Case{"127.0.0.1", {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "1.2.3.4"}}, "1.2.3.4", false, "h"},
             Case{"127.0.0.1", {{"X-Forwarded-For", "10.1.2.3, 10.1.2.4"}}, "10.1.2.3", false, "h"},
             Case{"127.0.0.1", {{"X-Forwarded-For", "nonsense"}}, "127.0.0.1", false, "h"},
             Case{"127.0.0.1", {{"X-Forwarded-For", "1.2.3.4, nonsense"}}, "127.0.0.1", false, "h"},
             Case{"127.0.0.1", {{"X-Forwarded-For", "[2001:db8::7]:443"}}, "2001:db8::7", false, "h"},
             Case{"127.0.0.1", {{"X-Forwarded-For", "1.2.3.4:5678"}}, "1.2.3.4", false, "h"},
             Case{"127.0.0.1",
                  {{"CF-Connecting-IP", "2001:db8::7"}, {"X-Forwarded-Proto", "https"}},
                  "2001:db8::7",
                  true,
                  "h"},
             Case{
                 "127.0.0.1", {{"CF-Connecting-IP", "6.6.6.6"}, {"X-Forwarded-For", "1.2.3.4"}}, "1.2.3.4", false, "h"},
             Case{"127.0.0.1",
                  {{"X-Forwarded-For", "unknown"}, {"CF-Connecting-IP", "6.6.6.6"}},
                  "127.0.0.1",
                  false,
                  "h"},
             Case{"fd00::1",
                  {{"X-Forwarded-Proto", "https, http"}, {"X-Forwarded-Host", "chat.example.org"}},
                  "fd00::1",
                  true,
                  "chat.example.org"},
             Case{"fd00::1", {{"X-Forwarded-Proto", "http, https"}}, "fd00::1", false, "h"},
             Case{"fd00::1", {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Proto", "http"}}, "fd00::1", true, "h"},
             Case{"fd00::1", {{"X-Forwarded-Proto", "WSS"}}, "fd00::1", true, "h"},
             Case{"fd00::1", {{"X-Forwarded-Proto", "ws"}}, "fd00::1", false, "h"},
             Case{"127.0.0.1", {{"X-Forwarded-Host", "evil\"; x"}}, "127.0.0.1", false, "h"},
         }) {
        HttpRequest request;
        request.peer_address = peer;
        request.headers = headers;
        request.headers.emplace_back("Host", "h");
        INFO(peer << ' ' << headers.front().first << ": " << headers.front().second);
        auto const client = proxies.client_of(request);
        CHECK(client.address == address);
        CHECK(client.https == https);
        CHECK(client.host == host);
    }
}

TEST_CASE("networks of proxies are checked when they are given") {
    for (auto const* wrong : {"", "localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "::1/129", "300.1.1.1"}) {
        INFO(wrong);
        CHECK_THROWS_AS(TrustedProxies({wrong}), std::invalid_argument);
    }
    CHECK(TrustedProxies({"0.0.0.0/0"}).trusts("8.8.8.8"));
    CHECK_FALSE(TrustedProxies({"0.0.0.0/0"}).trusts("2001:db8::1"));
    CHECK_FALSE(TrustedProxies({}).trusts("127.0.0.1"));
}

TEST_CASE("loopback has many addresses") {
    for (auto const* address : {"127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"}) CHECK(is_loopback(address));
    for (auto const* address : {"10.0.0.1", "::2", "fe80::1", "", "localhost"}) CHECK_FALSE(is_loopback(address));
}
