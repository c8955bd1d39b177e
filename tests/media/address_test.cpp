#include "media/address.hpp"

#include <string>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace soyuz;
using media::parse_address;
using media::resolve_reference;

namespace {

bool is_public(std::string const& text) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1)
        return media::is_public(reinterpret_cast<sockaddr const&>(v4));
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    REQUIRE(::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1);
    return media::is_public(reinterpret_cast<sockaddr const&>(v6));
}

}  // namespace

TEST_CASE("addresses of this machine and of networks that strangers have no business in are not public") {
    for (auto const* far :
         {"8.8.8.8", "1.1.1.1", "100.128.0.1", "172.32.0.1", "192.169.0.1", "2a00:1450:4001::1", "2606:4700::1111"}) {
        INFO(far);
        CHECK(is_public(far));
    }
    for (auto const* near : {"127.0.0.1",
                             "127.255.255.255",
                             "0.0.0.0",
                             "10.1.2.3",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "169.254.169.254",
                             "100.64.0.1",
                             "198.18.0.1",
                             "192.0.2.1",
                             "203.0.113.9",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::1",
                             "::",
                             "fe80::1",
                             "fc00::1",
                             "fd12::1",
                             "ff02::1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "64:ff9b::7f00:1",
                             "2002:7f00:1::",
                             "2001:db8::1",
                             "2001:0:1::1"}) {
        INFO(near);
        CHECK_FALSE(is_public(near));
    }
}

TEST_CASE("an address is http or https, with a host, and no name and password") {
    struct Case {
        char const* text;
        char const* host;
        char const* port;
        char const* path;
    };
    for (auto const& [text, host, port, path] : {
             Case{"http://Example.org/a?b#c", "example.org", "80", "/a?b"},
             Case{"HTTPS://example.org", "example.org", "443", "/"},
             Case{"http://example.org:8080?x", "example.org", "8080", "/?x"},
             Case{"http://[::1]:81/a", "::1", "81", "/a"},
         }) {
        INFO(text);
        auto const address = parse_address(text);
        REQUIRE(address);
        CHECK(address->host == host);
        CHECK(address->port == port);
        CHECK(address->path == path);
    }
    for (auto const* bad : {"", "file:///etc/passwd", "ftp://example.org/", "http://", "http:///a", "http://a b/",
                            "http://user:word@example.org/", "http://example.org:/", "http://example.org:99999999/",
                            "http://example.org:8a/", "gopher://x/", "http:\\\\example.org\\a", "//example.org/a"}) {
        INFO(bad);
        CHECK_FALSE(parse_address(bad));
    }
}

TEST_CASE("what a playlist names is found as a browser would find it") {
    auto const base = parse_address("http://example.org/live/a/index.m3u8?token=1");
    REQUIRE(base);
    struct Case {
        char const* reference;
        char const* found;
    };
    for (auto const& [reference, found] : {
             Case{"1.ts", "http://example.org/live/a/1.ts"},
             Case{"../b/1.ts?x=/..", "http://example.org/live/b/1.ts?x=/.."},
             Case{"/1.ts", "http://example.org/1.ts"},
             Case{"../../../../1.ts", "http://example.org/1.ts"},
             Case{"//other.org/1.ts", "http://other.org/1.ts"},
             Case{"https://other.org:444/1.ts", "https://other.org:444/1.ts"},
             Case{"?token=2", "http://example.org/live/a/index.m3u8?token=2"},
             Case{"./", "http://example.org/live/a/"},
         }) {
        INFO(reference);
        auto const resolved = resolve_reference(*base, reference);
        REQUIRE(resolved);
        CHECK(resolved->text() == found);
    }
    for (auto const* bad : {"file:///etc/passwd", "data:text/plain,x", "javascript:1"}) {
        INFO(bad);
        CHECK_FALSE(resolve_reference(*base, bad));
    }
}

TEST_CASE("a host of this machine is looked up only where the operator allows it") {
    for (auto const* text :
         {"http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://0/", "http://0x7f.1/"}) {
        INFO(text);
        auto const address = parse_address(text);
        REQUIRE(address);
        CHECK_FALSE(media::look_up(*address, {}));
    }
    auto const address = parse_address("http://127.0.0.1:8000/");
    CHECK(media::look_up(*address, {"127.0.0.1"}));
    CHECK_FALSE(media::look_up(*address, {"localhost"}));
}
