#include "web/http/origins.hpp"

#include <catch2/catch.hpp>

using namespace soyuz::web;

TEST_CASE("an origin is ours when it is the address that the browser used, or the public one") {
    Client const plain{"1.2.3.4", false, "chat.local:5000"};
    Client const secure{"1.2.3.4", true, "Chat.example.org"};
    Origins const origins{"https://public.example/", {}};
    CHECK(origins.is_own("http://chat.local:5000", plain));
    CHECK(origins.is_own("https://chat.example.org", secure));
    CHECK(origins.is_own("https://public.example", plain));
    for (auto const* foreign : {"https://chat.local:5000", "http://chat.local", "http://evil.example", "null", "",
                                "http://chat.local:5000.evil.example", "http://xchat.local:5000"}) {
        INFO(foreign);
        CHECK_FALSE(origins.is_own(foreign, plain));
    }
    CHECK_FALSE(Origins("", {}).is_own("", Client{}));
}

TEST_CASE("links start with the public address, or with the one that the browser used") {
    Client const client{"1.2.3.4", true, "chat.local"};
    CHECK(Origins("https://public.example/", {}).base_url(client) == "https://public.example");
    CHECK(Origins("", {}).base_url(client) == "https://chat.local");
}

TEST_CASE("a browser on this machine means us by addresses and by names that nobody can buy, and by our own") {
    Origins const origins{"https://chat.public.example:8443/", {}, {"127.0.0.1", "box.school.example"}};
    for (auto const* host :
         {"127.0.0.1", "127.0.0.1:5000", "[::1]:5000", "192.168.1.7:5000", "localhost", "LOCALHOST:5000", "a.localhost",
          "box", "box.local:5000", "chat.lan", "chat.internal", "chat.home.arpa", "", "chat.public.example",
          "Chat.Public.Example:8443", "box.school.example:5000", "box.school.example."}) {
        INFO(host);
        CHECK(origins.is_own_host(host));
    }
    for (auto const* host : {"evil.example", "evil.example:5000", "127.0.0.1.evil.example", "localhost.evil.example",
                             "evil.com.", "public.example", "xbox.school.example", "evillocal.com"}) {
        INFO(host);
        CHECK_FALSE(origins.is_own_host(host));
    }
}
