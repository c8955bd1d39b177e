#include "web/house.hpp"
#include "web/http/cookies.hpp"
#include "web/http/router.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;

TEST_CASE("a bad token is not made up for by a good cookie") {
    House house;
    auto const cookie = house.cookie("sara");
    CHECK(house.ask("GET", "/api/v1/me", cookie).status == 200);
    CHECK(house.ask("GET", "/api/v1/me", cookie + Headers{{"Authorization", "Bearer nonsense"}}).status == 401);
}

TEST_CASE("a change with the cookie needs the session's token and no foreign origin") {
    web::SiteOptions options;
    options.public_url = "https://public.example";
    House house{options};
    std::string token;
    auto const cookie = house.cookie("sara", &token);
    std::string other;
    house.cookie("omar", &other);
    struct Case {
        Headers headers;
        int status;
    };
    for (auto const& [headers, status] : {
             Case{{}, 403},
             Case{{{"X-CSRF-Token", ""}}, 403},
             Case{{{"X-CSRF-Token", "wrong"}}, 403},
             Case{{{"X-CSRF-Token", other}}, 403},
             Case{{{"X-CSRF-Token", token}}, 200},
             Case{{{"X-CSRF-Token", token}, {"Origin", "http://chat.test"}}, 200},
             Case{{{"X-CSRF-Token", token}, {"Origin", "https://public.example"}}, 200},
             Case{{{"X-CSRF-Token", token}, {"Origin", "http://evil.test"}}, 403},
             Case{{{"X-CSRF-Token", token}, {"Origin", "https://chat.test"}}, 403},
             Case{{{"X-CSRF-Token", token}, {"Origin", "null"}}, 403},
             Case{{{"X-CSRF-Token", token}, {"Sec-Fetch-Site", "cross-site"}}, 403},
             Case{{{"X-CSRF-Token", token}, {"Sec-Fetch-Site", "same-origin"}}, 200},
             Case{{{"Origin", "http://chat.test"}}, 403},
         }) {
        std::string shown;
        for (auto const& [name, value] : headers) shown += name + ": " + value + "; ";
        INFO(shown);
        auto const heard = house.send("PATCH", "/api/v1/me", {{"display_name", "Sara"}}, cookie + headers);
        CHECK(heard.status == status);
        if (status == 403) CHECK(heard.error() == "bad_csrf_token");
    }
    auto const fetched = house.ask("GET", "/api/v1/csrf", cookie).json()["csrf_token"];
    CHECK(fetched == token);
    auto const bearer = house.bearer("sara");
    CHECK(house.send("PATCH", "/api/v1/me", {{"display_name", "S"}}, bearer + Headers{{"Origin", "http://evil.test"}})
              .status == 200);
}

TEST_CASE("forms before sign-in need the token of the visitor's own cookie") {
    House house;
    auto const page = house.ask("GET", "/login");
    auto const cookie = page.cookie("soyuz_visitor");
    REQUIRE_FALSE(cookie.empty());
    CHECK(cookie.find("HttpOnly") != std::string::npos);
    CHECK(cookie.find("SameSite=Lax") != std::string::npos);
    auto const visitor = cookie.substr(0, cookie.find(';'));
    auto const token = csrf_token_in(page);
    house.bearer("sara");
    std::string const fields = "username=sara&password=correct+horse+battery&csrf_token=";
    CHECK(house.send_form("/login", fields + token).status == 403);
    CHECK(house.send_form("/login", fields + "x", {{"Cookie", visitor}}).status == 403);
    CHECK(house.send_form("/login", fields + token, {{"Cookie", "soyuz_visitor=AAAAAAAAAAAAAAAAAAAAAA"}}).status ==
          403);
    CHECK(house.send_form("/login", fields + token, {{"Cookie", visitor}, {"Origin", "http://evil.test"}}).status ==
          403);
    auto const good = house.send_form("/login", fields + token, {{"Cookie", visitor}, {"Origin", "http://chat.test"}});
    REQUIRE(good.status == 303);
    CHECK(good.header("Location") == "/chat");
    auto const session = good.cookie("soyuz_session");
    for (auto const* part : {"; Path=/", "; SameSite=Lax", "; HttpOnly", "; Max-Age=2592000"}) {
        INFO(part);
        CHECK(session.find(part) != std::string::npos);
    }
    CHECK(session.find("Secure") == std::string::npos);
}

TEST_CASE("a form to sign in that was left open leads whoever signed in elsewhere to the chat") {
    House house;
    auto const page = house.ask("GET", "/login");
    auto const visitor = page.cookie("soyuz_visitor");
    auto const cookie = house.cookie("sara")[0].second + "; " + visitor.substr(0, visitor.find(';'));
    for (auto const* path : {"/login", "/signup"}) {
        INFO(path);
        auto const fields = "username=omar&password=correct+horse+battery&csrf_token=" + csrf_token_in(page);
        auto const heard = house.send_form(path, fields, {{"Cookie", cookie}});
        CHECK(heard.status == 303);
        CHECK(heard.header("Location") == "/chat");
        CHECK(heard.cookie("soyuz_session").empty());
        CHECK(house.send_form(path, fields, {{"Cookie", cookie}, {"Origin", "http://evil.test"}}).status == 403);
    }
}

TEST_CASE("two servers on one machine don't sign each other out") {
    House one;
    House two;
    /// The cookies that a browser keeps of a host, whatever the port.
    std::map<std::string, std::string> jar;
    auto const ask = [&](House& house, std::string const& host, std::string const& method, std::string const& target,
                         std::string const& body = "") {
        std::string cookies;
        for (auto const& [name, value] : jar) cookies += name + '=' + value + "; ";
        Headers const headers{{"Host", host}, {"Cookie", cookies}};
        auto const heard = method == "GET" ? house.ask("GET", target, headers) : house.send_form(target, body, headers);
        for (auto const& [name, value] : heard.headers) {
            if (name != "Set-Cookie") continue;
            auto const equals = value.find('=');
            auto const content = value.substr(equals + 1, value.find(';') - equals - 1);
            if (content.empty()) {
                jar.erase(value.substr(0, equals));
            } else {
                jar[value.substr(0, equals)] = content;
            }
        }
        return heard;
    };
    auto const sign_in = [&](House& house, std::string const& host) {
        house.bearer("sara");
        auto const token = csrf_token_in(ask(house, host, "GET", "/login"));
        auto const fields = "username=sara&password=correct+horse+battery&csrf_token=" + token;
        REQUIRE(ask(house, host, "POST", "/login", fields).status == 303);
    };
    auto const is_in = [&](House& house, std::string const& host) {
        return ask(house, host, "GET", "/settings").status == 200;
    };
    sign_in(one, "127.0.0.1:6121");
    // The common name is what programs know.
    CHECK(jar.contains("soyuz_session"));
    CHECK(is_in(one, "127.0.0.1:6121"));
    sign_in(two, "127.0.0.1:6122");
    CHECK(is_in(one, "127.0.0.1:6121"));
    CHECK(is_in(two, "127.0.0.1:6122"));
    auto const token = csrf_token_in(ask(two, "127.0.0.1:6122", "GET", "/settings"));
    CHECK(ask(two, "127.0.0.1:6122", "POST", "/logout", "csrf_token=" + token).status == 303);
    CHECK_FALSE(is_in(two, "127.0.0.1:6122"));
    CHECK(is_in(one, "127.0.0.1:6121"));
    auto const other = csrf_token_in(ask(one, "127.0.0.1:6121", "GET", "/settings"));
    CHECK(ask(one, "127.0.0.1:6121", "POST", "/logout", "csrf_token=" + other).status == 303);
    CHECK_FALSE(jar.contains("soyuz_session"));
    CHECK_FALSE(jar.contains("soyuz_session_6121"));
}

TEST_CASE("signing in leads on only to places of this server") {
    House house;
    house.bearer("sara");
    auto const page = house.ask("GET", "/login");
    auto const cookie = page.cookie("soyuz_visitor");
    auto const visitor = cookie.substr(0, cookie.find(';'));
    auto const token = csrf_token_in(page);
    for (auto [next, location] : {std::pair{"/join/abc", "/join/abc"},
                                  {"/chat/x?y=1", "/chat/x?y=1"},
                                  {"//evil.test", "/chat"},
                                  {"https://evil.test", "/chat"},
                                  {"/\\evil.test", "/chat"},
                                  {"javascript:alert(1)", "/chat"},
                                  {"/a\r\nSet-Cookie: b=c", "/chat"},
                                  {"", "/chat"}}) {
        INFO(next);
        auto const heard = house.send_form(
            "/login",
            "username=sara&password=correct+horse+battery&csrf_token=" + token + "&next=" + web::percent_encode(next),
            {{"Cookie", visitor}});
        CHECK(heard.header("Location") == location);
    }
}

TEST_CASE("a banned account signs in nowhere, and its pages say until when and why") {
    House house;
    auto const moderator = house.bearer("mod", chat::Role::moderator);
    std::string token;
    auto const cookie = house.cookie("rude", &token);
    auto const ban =
        house.send("POST", "/api/v1/bans", {{"username", "rude"}, {"minutes", 5}, {"reason", "Rule 2"}}, moderator);
    REQUIRE(ban.status == 201);
    auto const api = house.ask("GET", "/api/v1/me", cookie);
    CHECK(api.error() == "banned");
    CHECK(api.json()["reason"] == "Rule 2");
    CHECK(api.json()["until"] == ban.json()["until"]);
    CHECK(house.ask("GET", "/chat", cookie).header("Location") == "/banned");
    auto const page = house.ask("GET", "/banned", cookie);
    CHECK(page.status == 403);
    CHECK(page.body.find("Rule 2") != std::string::npos);
    CHECK(house.send("POST", "/api/v1/login", {{"username", "rude"}, {"password", House::password}}).error() ==
          "banned");
    CHECK(house.ask("POST", "/api/v1/logout", cookie + Headers{{"X-CSRF-Token", token}}).status == 204);
    house.clock.advance(std::chrono::minutes{6});
    CHECK(house.send("POST", "/api/v1/login", {{"username", "rude"}, {"password", House::password}}).status == 200);
}

TEST_CASE("cookies are found among others, and only whole names count") {
    using web::cookie_value;
    CHECK(cookie_value("a=1; soyuz_session=x; b=2", "soyuz_session") == "x");
    CHECK(cookie_value("soyuz_session=x;soyuz_session=y", "soyuz_session") == "x");
    CHECK(cookie_value("xsoyuz_session=x", "soyuz_session").empty());
    CHECK(cookie_value("soyuz_session2=x", "soyuz_session").empty());
    CHECK(cookie_value("soyuz_session", "soyuz_session").empty());
    CHECK(cookie_value("", "soyuz_session").empty());
}

TEST_CASE("clients of the one-room kind get their own statuses and a cookie") {
    House house;
    CHECK(house
              .send("POST", "/auth/simple_signup",
                    {{"username", "ayesha"}, {"password", House::password}, {"name", "Ayesha"}})
              .status == 201);
    CHECK(house.send("POST", "/auth/simple_signup", {{"username", "Ayesha"}, {"password", House::password}}).status ==
          409);
    CHECK(house.send("POST", "/auth/simple_signup", {{"username", "x"}, {"password", House::password}}).status == 400);
    CHECK(house.send("POST", "/auth/simple_login", {{"username", "ayesha"}}).status == 400);
    CHECK(house.send("POST", "/auth/simple_login", {{"username", "ayesha"}, {"password", "wrong horse"}}).status ==
          401);
    auto const login = house.send_form("/auth/simple_login", "username=ayesha&password=correct+horse+battery");
    REQUIRE(login.status == 200);
    auto const line = login.cookie("soyuz_session");
    Headers const cookie{{"Cookie", line.substr(0, line.find(';'))}};
    auto const profile = house.ask("GET", "/get_profile?username=ayesha", cookie).json();
    CHECK(profile["success"] == true);
    CHECK(profile["name"] == "Ayesha");
    CHECK(house.ask("GET", "/get_profile?username=ayesha").status == 401);
    for (auto const* from : {"cross-site", "same-site"})
        CHECK(house.ask("GET", "/auth/logout", cookie + Headers{{"Sec-Fetch-Site", from}}).status == 403);
    CHECK(house.ask("GET", "/auth/logout", cookie).status == 303);
    CHECK(house.ask("GET", "/api/v1/me", cookie).status == 401);
}

TEST_CASE("a browser that signed in before gets in while others at its address guess") {
    House house;
    house.bearer("sara");
    house.bearer("omar");
    auto const form = house.ask("GET", "/login");
    auto const visitor = form.cookie("soyuz_visitor");
    auto const sign_in = [&](std::string const& name, std::string const& password, std::string const& more) {
        return house.send_form("/login",
                               "csrf_token=" + csrf_token_in(form) + "&username=" + name + "&password=" + password,
                               {{"Cookie", visitor.substr(0, visitor.find(';')) + more}});
    };
    auto const first = sign_in("sara", "correct+horse+battery", "");
    REQUIRE(first.status == 303);
    auto const device = first.cookie("soyuz_device");
    CHECK(device.find("HttpOnly") != std::string::npos);
    auto const known = "; " + device.substr(0, device.find(';'));
    for (int i = 0; i < 10; ++i) CHECK(sign_in("nobody", "wrong", "").status == 401);
    // The right password of somebody else is let in, wrong ones are refused.
    CHECK(sign_in("omar", "correct+horse+battery", "").status == 303);
    CHECK(sign_in("omar", "wrong", "").status == 429);
    for (int i = 0; i < 60; ++i) sign_in("nobody" + std::to_string(i), "wrong", "");
    CHECK(sign_in("omar", "correct+horse+battery", known).status == 429);
    CHECK(sign_in("sara", "correct+horse+battery", known).status == 303);
}
