#include <fstream>

#include "web/house.hpp"
#include "web/http/answer.hpp"
#include "web/http/cookies.hpp"
#include "web/http/router.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using base::Code;

TEST_CASE("every error code has its status") {
    for (auto [code, status] : {
             std::pair{Code::bad_request, 400},
             {Code::not_signed_in, 401},
             {Code::invalid_credentials, 401},
             {Code::forbidden, 403},
             {Code::bad_csrf_token, 403},
             {Code::registration_closed, 403},
             {Code::invite_needed, 403},
             {Code::banned, 403},
             {Code::muted, 403},
             {Code::not_a_member, 403},
             {Code::room_locked, 403},
             {Code::message_blocked, 403},
             {Code::not_found, 404},
             {Code::unknown_room, 404},
             {Code::method_not_allowed, 405},
             {Code::unknown_host, 421},
             {Code::conflict, 409},
             {Code::name_taken, 409},
             {Code::too_large, 413},
             {Code::wrong_type, 415},
             {Code::invalid_value, 422},
             {Code::slow_mode, 429},
             {Code::rate_limited, 429},
             {Code::read_only, 503},
             {Code::overloaded, 503},
             {Code::internal, 500},
         }) {
        INFO(base::code_name(code));
        CHECK(web::status_of(code) == status);
        auto const answer = web::error_answer({code, "A sentence."});
        bool const says_when = std::any_of(answer.headers.begin(), answer.headers.end(),
                                           [](auto const& h) { return h.first == "Retry-After"; });
        CHECK(says_when == (status == 429 || status == 503));
    }
    CHECK(web::retry_after(std::chrono::milliseconds{1}) == "1");
    CHECK(web::retry_after(std::chrono::milliseconds{1001}) == "2");
}

TEST_CASE("registering and signing in give a token that opens the caller's account") {
    House house;
    auto const made = house.send("POST", "/api/v1/register",
                                 {{"username", "Sara"}, {"password", House::password}, {"display_name", "سارہ"}});
    REQUIRE(made.status == 201);
    CHECK(made.json()["token_type"] == "bearer");
    CHECK(made.json()["expires_in"] == 1800);
    CHECK(made.cookie("soyuz_session").empty());
    auto const login = house.send("POST", "/api/v1/login", {{"username", "SARA"}, {"password", House::password}});
    REQUIRE(login.status == 200);
    Headers const bearer{{"authorization", "bearer " + login.json()["access_token"].get<std::string>()}};
    auto const me = house.ask("GET", "/api/v1/me", bearer);
    CHECK(me.status == 200);
    CHECK(me.json()["display_name"] == "سارہ");
    CHECK(house.ask("POST", "/api/v1/logout", bearer).status == 204);
    CHECK(house.ask("GET", "/api/v1/me", bearer).status == 401);
    CHECK(house.ask("GET", "/api/v1/me", bearer).header("WWW-Authenticate") == "Bearer");
}

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

TEST_CASE("blanks around a name or an address are no part of it") {
    House house;
    house.bearer("sara");
    REQUIRE(
        house.send("PATCH", "/api/v1/me", {{"email", " o'brien@example.org "}}, house.bearer("sara")).json()["email"] ==
        "o'brien@example.org");
    for (auto const* name :
         {"sara ", " sara", "sara\xC2\xA0", "sara\n", "o'brien@example.org ", "\tO'Brien@example.org"}) {
        INFO(name);
        CHECK(house.send("POST", "/api/v1/login", {{"username", name}, {"password", House::password}}).status == 200);
        CHECK(house.send("POST", "/auth/simple_login", {{"username", name}, {"password", House::password}}).status ==
              200);
        auto const page = house.ask("GET", "/login");
        auto const visitor = page.cookie("soyuz_visitor");
        CHECK(house
                  .send_form("/login",
                             "username=" + web::percent_encode(name) +
                                 "&password=correct+horse+battery&csrf_token=" + csrf_token_in(page),
                             {{"Cookie", visitor.substr(0, visitor.find(';'))}})
                  .status == 303);
    }
    CHECK(house.send("POST", "/api/v1/register", {{"username", "omar "}, {"password", House::password}})
              .json()["username"] == "omar");
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

TEST_CASE("registration follows the settings: open, with an invite, closed, and so many per address") {
    House house;
    auto const owner = house.bearer("teacher", chat::Role::owner);
    auto const sign_up = [&](std::string const& name, std::string const& invite = "") {
        return house.send("POST", "/api/v1/register",
                          {{"username", name}, {"password", House::password}, {"invite", invite}});
    };
    REQUIRE(house.send("PATCH", "/api/v1/settings", {{"registration", "invite"}}, owner).status == 200);
    CHECK(sign_up("sara").error() == "invite_needed");
    CHECK(sign_up("sara", "nonsense").error() == "invite_needed");
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "club"}, {"kind", "private"}}, owner).status == 201);
    auto const invite = house.send("POST", "/api/v1/rooms/club/invites", {{"uses", 1}}, owner).json();
    CHECK(invite["url"] == "http://chat.test/join/" + invite["code"].get<std::string>());
    CHECK(sign_up("sara", invite["code"]).status == 201);
    CHECK(house.ask("GET", "/api/v1/rooms/club", house.bearer("sara")).status == 200);
    CHECK(sign_up("omar", invite["code"]).error() == "invite_needed");
    REQUIRE(house.send("PATCH", "/api/v1/settings", {{"registration", "closed"}}, owner).status == 200);
    CHECK(sign_up("omar").error() == "registration_closed");
    REQUIRE(house.send("PATCH", "/api/v1/settings", {{"registration", "open"}, {"registrations_per_address", 3}}, owner)
                .status == 200);
    CHECK(sign_up("omar").status == 201);
    CHECK(sign_up("lena").status == 201);
    auto const limited = sign_up("mona");
    CHECK(limited.status == 429);
    CHECK(limited.header("Retry-After") == "600");
    house.clock.advance(std::chrono::minutes{10});
    CHECK(sign_up("mona").status == 201);
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

TEST_CASE("nothing of those who are refused an account is kept but a counter") {
    House house;
    auto const sign_up = [&](std::string const& username, std::string const& display_name) {
        return house.send("POST", "/api/v1/register",
                          {{"username", username}, {"password", House::password}, {"display_name", display_name}});
    };
    for (int i = 0; i < 20; ++i) CHECK(sign_up("stranger", "blockme " + std::to_string(i)).status == 422);
    CHECK(sign_up("blockme", "").status == 422);
    CHECK(house.store->log_tail("moderation_log", 10).empty());
    CHECK(house.statistics.events({}).empty());
    auto const metrics = house.ask("GET", "/metrics", {{"Accept", "text/plain"}}).body;
    CHECK(metrics.find("sign_ups_total{result=\"refused\"} 21") != std::string::npos);
    // The shape is looked at before the judge is asked.
    CHECK(sign_up("x", "blockme").json()["fields"].contains("username"));
}

TEST_CASE("sign-ups are counted before they are judged") {
    House house;
    auto const limit = house.settings.get()->registrations_per_address * 10;
    nlohmann::json const wish{{"username", "blockme"}, {"password", House::password}};
    for (unsigned i = 0; i < limit; ++i) REQUIRE(house.send("POST", "/api/v1/register", wish).status == 422);
    auto const refused = house.send("POST", "/api/v1/register", wish);
    CHECK(refused.status == 429);
    CHECK_FALSE(refused.header("Retry-After").empty());
}

TEST_CASE("who asks whether e-mail addresses are known gets ten answers") {
    House house;
    auto const sara = house.bearer("sara");
    auto const register_with = [&](std::string const& username, std::string const& email) {
        return house.send("POST", "/api/v1/register",
                          {{"username", username}, {"password", House::password}, {"email", email}});
    };
    REQUIRE(register_with("known", "known@example.org").status == 201);
    for (int i = 0; i < 10; ++i) CHECK(register_with("prober", "known@example.org").status == 409);
    CHECK(register_with("prober", "known@example.org").status == 429);
    CHECK(register_with("prober", "other@example.org").status == 429);
    CHECK(register_with("plain", "").status == 201);
    for (int i = 0; i < 10; ++i)
        CHECK(house.send("PATCH", "/api/v1/me", {{"email", "known@example.org"}}, sara).status == 409);
    CHECK(house.send("PATCH", "/api/v1/me", {{"email", "known@example.org"}}, sara).status == 429);
    house.clock.advance(std::chrono::minutes{10});
    CHECK(register_with("prober", "other@example.org").status == 201);
}

TEST_CASE("changes of a profile and of rooms are counted, refused ones too") {
    House house;
    auto const sara = house.bearer("sara");
    auto const rename = [&](std::string const& name) {
        return house.send("PATCH", "/api/v1/me", {{"display_name", name}}, sara);
    };
    auto const make_room = [&](std::string const& name) {
        return house.send("POST", "/api/v1/rooms", {{"name", name}}, sara);
    };
    for (int i = 0; i < 6; ++i) CHECK(rename("Sara " + std::to_string(i)).status == 200);
    for (int i = 0; i < 4; ++i) CHECK(rename("blockme").status == 422);
    auto const refused = rename("Sara");
    CHECK(refused.status == 429);
    CHECK(refused.header("Retry-After") == "600");
    CHECK(house.ask("DELETE", "/api/v1/me/avatar", sara).status == 429);
    // Nothing changes, so nothing is counted.
    CHECK(rename("Sara 5").status == 200);

    for (int i = 0; i < 5; ++i) CHECK(make_room("room-" + std::to_string(i)).status == 201);
    for (int i = 0; i < 5; ++i) CHECK(make_room("room-0").status == 409);
    CHECK(make_room("another").status == 429);
    CHECK(house.send("PATCH", "/api/v1/rooms/room-0", {{"title", "New"}}, sara).status == 429);
    house.clock.advance(std::chrono::minutes{10});
    CHECK(rename("Sara").status == 200);
    CHECK(make_room("another").status == 201);

    auto const teacher = house.bearer("teacher", chat::Role::moderator);
    for (int i = 0; i < 30; ++i)
        CHECK(house.send("POST", "/api/v1/rooms", {{"name", "group-" + std::to_string(i)}}, teacher).status == 201);
}

TEST_CASE("muted people don't speak through names, titles and topics, and invite nobody") {
    House house;
    auto const sara = house.bearer("sara");
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "hers"}}, sara).status == 201);
    moderation::Sanction mute;
    mute.kind = moderation::Sanction::Kind::mute;
    mute.user = house.accounts.find_by_name("sara")->id;
    mute.reason = "Be kind.";
    house.sanctions.impose(mute);
    struct Case {
        char const* method;
        char const* target;
        nlohmann::json body;
        int status;
    };
    for (auto const& [method, target, body, status] :
         {Case{"PATCH", "/api/v1/me", {{"display_name", "Listen!"}}, 403},
          Case{"POST", "/api/v1/rooms", {{"name", "listen"}, {"title", "Listen!"}}, 403},
          Case{"PATCH", "/api/v1/rooms/hers", {{"title", "Listen!"}}, 403},
          Case{"PATCH", "/api/v1/rooms/hers", {{"topic", "Listen!"}}, 403},
          Case{"POST", "/api/v1/rooms/hers/invites", nlohmann::json::object(), 403},
          Case{"POST", "/api/v1/rooms/lobby/invites", nlohmann::json::object(), 403},
          Case{"PATCH", "/api/v1/rooms/hers", {{"settings", {{"slow_mode_s", 5}}}}, 200},
          Case{"PATCH", "/api/v1/me", {{"email", "sara@example.org"}}, 200}}) {
        INFO(method << ' ' << target << ' ' << body.dump());
        auto const heard = house.send(method, target, body, sara);
        CHECK(heard.status == status);
        if (status != 403) continue;
        CHECK(heard.error() == "muted");
        CHECK(heard.json()["reason"] == "Be kind.");
    }
    CHECK(house.cases.open_count() == 0);
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

TEST_CASE("nothing in the folders tells of a deleted account but what the manual names") {
    House house;
    auto const made = house.send("POST", "/api/v1/register",
                                 {{"username", "zaphod"},
                                  {"password", House::password},
                                  {"display_name", "Zed Beeble"},
                                  {"email", "zed@betelgeuse.example"}});
    REQUIRE(made.status == 201);
    Headers const zaphod{{"Authorization", "Bearer " + made.json()["access_token"].get<std::string>()}};
    auto const sara = house.bearer("sara");
    REQUIRE(house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", "so long"}}, zaphod).status == 201);
    auto const mention = house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", "hi @zaphod"}}, sara);
    REQUIRE(mention.json()["mentions"] == nlohmann::json{"zaphod"});
    REQUIRE(house.send("PATCH", "/api/v1/messages/" + mention.json()["id"].get<std::string>(), {{"text", "hi"}}, sara)
                .status == 200);
    auto const other = house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", "again @Zaphod"}}, sara);
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "hideout"}, {"kind", "private"}}, zaphod).status == 201);
    std::vector<std::string> urls;
    for (auto const* room : {"lobby", "hideout"}) {
        auto const body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"towel.txt\"\r\n\r\n" +
                          std::string{"where the towel is"} + "\r\n--b--";
        auto const posted = house.ask("POST", std::string{"/api/v1/rooms/"} + room + "/files",
                                      zaphod + Headers{{"Content-Type", "multipart/form-data; boundary=b"}}, body);
        REQUIRE(posted.status == 201);
        urls.push_back(posted.json()["attachments"][0]["url"]);
    }
    REQUIRE(house.store->checkpoint());
    CHECK(house.send("DELETE", "/api/v1/me", {{"password", House::password}}, zaphod).status == 204);
    for (auto const& url : urls) CHECK(house.ask("GET", url, sara).status == 404);
    CHECK_FALSE(house.rooms.find("hideout"));
    CHECK(house.send("POST", "/api/v1/rooms", {{"name", "hideout"}}, sara).status == 201);
    auto const left = house.ask("GET", "/api/v1/messages/" + other.json()["id"].get<std::string>(), sara).json();
    CHECK(left["mentions"].empty());
    CHECK(left["text"] == "again @Zaphod");

    REQUIRE(house.store->checkpoint());
    for (auto const& entry : std::filesystem::recursive_directory_iterator(house.folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream in{entry.path(), std::ios::binary};
        std::string const bytes{std::istreambuf_iterator<char>{in}, {}};
        INFO(entry.path());
        for (auto const* trace : {"zaphod", "Zed Beeble", "betelgeuse", "towel"}) {
            INFO(trace);
            CHECK(bytes.find(trace) == std::string::npos);
        }
    }
}
