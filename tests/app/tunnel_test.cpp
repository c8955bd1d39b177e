#include "app/tunnel.hpp"

#include <string>

#include <catch2/catch.hpp>

using soyuz::app::tunnel_address_in;

TEST_CASE("the tunnel's address is found among what cloudflared says") {
    for (auto const& [line, address] : {
             std::pair{"2026-11-21T07:14:44Z INF |  https://kind-green-river.trycloudflare.com  |",
                       "https://kind-green-river.trycloudflare.com"},
             {"https://a.trycloudflare.com", "https://a.trycloudflare.com"},
             {"INF Requesting new quick Tunnel on trycloudflare.com...", ""},
             {"terms (https://www.cloudflare.com/website-terms/)", ""},
             {"ERR post https://api.trycloudflare.com failed", ""},
             {"https://trycloudflare.com.evil.example", ""},
             {"", ""},
         }) {
        INFO(line);
        CHECK(tunnel_address_in(line) == address);
    }
}
