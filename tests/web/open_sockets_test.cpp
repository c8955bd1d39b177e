#include "web/http/open_sockets.hpp"

#include "chat/settings.hpp"
#include "web/house.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using web::OpenSockets;

namespace {

/// A handshake that was let in, or the answer that refuses it.
struct Shaken {
    std::optional<net::WebSocketAccept> accept;
    Heard refused;
};

Shaken shake_hands(House& house, Headers headers, std::string const& forwarded, std::string const& peer) {
    net::HttpRequest request;
    request.method = "GET";
    request.target = "/ws";
    request.headers = std::move(headers);
    request.headers.emplace_back("Host", "chat.test");
    if (!forwarded.empty()) request.headers.emplace_back("X-Forwarded-For", forwarded);
    request.peer_address = peer;
    Shaken shaken;
    house.site->decide(std::move(request), [&](std::variant<net::HttpResponse, net::WebSocketAccept> decided) {
        if (auto* const accept = std::get_if<net::WebSocketAccept>(&decided))
            shaken.accept = std::move(*accept);
        else
            shaken.refused = Heard::parse(std::get<net::HttpResponse>(decided).bytes);
    });
    return shaken;
}

std::map<std::string, web::SocketPath> socket_path() {
    return {{"/ws", {.open = [](web::Handshake const&) { return net::WebSocketAccept{}; }}}};
}

web::SiteOptions behind_proxy() {
    web::SiteOptions options;
    options.trusted_proxies = {"10.0.0.0/8"};
    return options;
}

}  // namespace

TEST_CASE("a socket counts for its key until its place goes, also when the count is gone by then") {
    OpenSockets::Place last;
    {
        OpenSockets sockets;
        auto one = sockets.open("sara", 2);
        auto two = sockets.open("sara", 2);
        CHECK(one);
        CHECK(two);
        CHECK_FALSE(sockets.open("sara", 2));
        CHECK(sockets.open("omar", 2));
        CHECK_FALSE(sockets.open("lena", 0));
        one.reset();
        CHECK(sockets.count("sara") == 1);
        last = sockets.open("sara", 2);
        CHECK(last);
        CHECK_FALSE(sockets.open("sara", 2));
    }
    last.reset();
}

TEST_CASE("an account has so many sockets, wherever they come from") {
    House house{behind_proxy(), socket_path()};
    REQUIRE(house.settings.change({{"connections_per_account", 3}}));
    auto const sara = house.bearer("sara");
    std::vector<Shaken> open;
    for (auto const* address : {"203.0.113.1", "203.0.113.2", "203.0.113.3"}) {
        open.push_back(shake_hands(house, sara, address, "10.0.0.1"));
        CHECK(open.back().accept);
    }
    auto const refused = shake_hands(house, sara, "203.0.113.4", "10.0.0.1").refused;
    CHECK(refused.status == 429);
    CHECK(refused.error() == "rate_limited");
    CHECK_FALSE(refused.header("Retry-After").empty());
    CHECK(shake_hands(house, sara, "", "198.51.100.1").refused.status == 429);
    CHECK(shake_hands(house, house.bearer("omar"), "203.0.113.4", "10.0.0.1").accept);
    open.pop_back();
    CHECK(shake_hands(house, sara, "203.0.113.4", "10.0.0.1").accept);
}

TEST_CASE("behind a trusted proxy sockets are counted for the client's own address") {
    struct Case {
        char const* name;
        char const* forwarded;
        char const* peer;
        bool is_limited;
    };
    for (auto const& [name, forwarded, peer, is_limited] : {
             Case{"one client of the proxy", "203.0.113.1", "10.0.0.1", true},
             Case{"addresses of one IPv6 network", "2001:db8::1", "10.0.0.1", true},
             Case{"a proxy that names nobody", "", "10.0.0.1", false},
             Case{"a proxy behind another", "10.1.1.1", "10.0.0.1", false},
             Case{"no proxy: counted when the connection was accepted", "203.0.113.1", "198.51.100.1", false},
         }) {
        INFO(name);
        House house{behind_proxy(), socket_path()};
        REQUIRE(house.settings.change({{"connections_per_address", 2}}));
        std::vector<Shaken> open;
        for (auto const* user : {"sara", "omar"})
            open.push_back(shake_hands(house, house.bearer(user), forwarded, peer));
        for (auto const& shaken : open) CHECK(shaken.accept);
        auto const third = house.bearer("lena");
        CHECK(shake_hands(house, third, forwarded, peer).accept.has_value() == !is_limited);
        if (is_limited) CHECK(shake_hands(house, third, forwarded, peer).refused.status == 429);
        CHECK(shake_hands(house, third, "203.0.113.99", "10.0.0.1").accept);
        open.clear();
        CHECK(shake_hands(house, third, forwarded, peer).accept);
    }
}

TEST_CASE("without rate limits no socket is refused") {
    auto options = behind_proxy();
    options.rate_limits = false;
    House house{options, socket_path()};
    REQUIRE(house.settings.change({{"connections_per_account", 1}, {"connections_per_address", 1}}));
    auto const sara = house.bearer("sara");
    auto const one = shake_hands(house, sara, "203.0.113.1", "10.0.0.1");
    CHECK(one.accept);
    CHECK(shake_hands(house, sara, "203.0.113.1", "10.0.0.1").accept);
}
