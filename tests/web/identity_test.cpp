#include "web/http/identity.hpp"

#include "web/house.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;

namespace {

/// The status that refuses a handshake, 101 where the socket opens.
int shake_hands(House& house, std::string const& target, Headers headers) {
    net::HttpRequest request;
    request.method = "GET";
    request.target = target;
    request.headers = std::move(headers);
    request.headers.emplace_back("Host", "chat.test");
    request.peer_address = "127.0.0.1";
    int status = 101;
    house.site->decide(std::move(request), [&](std::variant<net::HttpResponse, net::WebSocketAccept> decided) {
        if (auto const* const refused = std::get_if<net::HttpResponse>(&decided))
            status = Heard::parse(refused->bytes).status;
    });
    return status;
}

}  // namespace

TEST_CASE("a request and a handshake say alike who sends them; a bad token is not made up for by a good cookie") {
    House house{{}, {{"/ws", {.open = [](web::Handshake const&) { return net::WebSocketAccept{}; }}}}};
    auto const cookie = house.cookie("sara");
    auto const token = house.bearer("sara")[0].second.substr(7);
    auto const with = [&](std::string const& authorization) {
        return cookie + Headers{{"Authorization", authorization}};
    };
    struct Case {
        char const* name;
        Headers headers;
        bool is_known;
    };
    for (auto const& [name, headers, is_known] : {
             Case{"nothing", {}, false},
             Case{"a cookie", cookie, true},
             Case{"a bad cookie", {{"Cookie", "soyuz_session=BAD"}}, false},
             Case{"a token", {{"Authorization", "Bearer " + token}}, true},
             Case{"a token in small letters", {{"Authorization", "bearer " + token}}, true},
             Case{"a token in capitals", {{"Authorization", "BEARER " + token}}, true},
             Case{"a token behind two blanks beside a cookie", with("Bearer  " + token), false},
             Case{"a token behind a tab beside a cookie", with("Bearer\t" + token), false},
             Case{"a bad token beside a cookie", with("Bearer BAD"), false},
             Case{"a bad token in small letters beside a cookie", with("bearer BAD"), false},
             Case{"an empty token beside a cookie", with("Bearer"), false},
             Case{"another scheme beside a cookie", with("Basic c2FyYTpzYXJh"), true},
             Case{"a scheme that begins alike beside a cookie", with("Bearers BAD"), true},
         }) {
        INFO(name);
        CHECK(house.ask("GET", "/api/v1/me", headers).status == (is_known ? 200 : 401));
        CHECK(shake_hands(house, "/ws", headers) == (is_known ? 101 : 401));
    }
}

TEST_CASE("a ticket opens one socket and no route, and a bad one is not made up for by a cookie") {
    House house{{}, {{"/ws", {.open = [](web::Handshake const&) { return net::WebSocketAccept{}; }}}}};
    auto const cookie = house.cookie("sara");
    auto const session = house.sessions.of(house.accounts.find_by_name("sara")->id).front().id;
    CHECK(shake_hands(house, "/ws?ticket=BAD", cookie) == 401);
    CHECK(house.ask("GET", "/api/v1/me?ticket=" + house.sessions.new_ticket(session)).status == 401);
    auto const ticket = house.sessions.new_ticket(session);
    CHECK(shake_hands(house, "/ws?ticket=" + ticket, {}) == 101);
    CHECK(shake_hands(house, "/ws?ticket=" + ticket, {}) == 401);
}
