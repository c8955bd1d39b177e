#include "web/house.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;

TEST_CASE("what leads nowhere is JSON for programs and a page for people") {
    House house;
    auto const api = house.ask("GET", "/api/v1/nothing");
    CHECK(api.status == 404);
    CHECK(api.error() == "not_found");
    auto const page = house.ask("GET", "/nothing");
    CHECK(page.status == 404);
    CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
}

TEST_CASE("the address of a page is found with a slash behind it") {
    House house;
    for (auto [path, location] : {std::pair{"/login/", "/login"},
                                  {"/chat/", "/chat"},
                                  {"/chat/lobby//", "/chat/lobby"},
                                  {"/login/?next=%2Fchat", "/login?next=%2Fchat"}}) {
        INFO(path);
        auto const heard = house.ask("GET", path);
        CHECK(heard.status == 303);
        CHECK(heard.header("Location") == location);
    }
    for (auto const* path : {"//", "//evil.test/", "/nothing/", "/api/v1/rooms/", "/healthz/"}) {
        INFO(path);
        CHECK(house.ask("GET", path).status == 404);
    }
    CHECK(house.ask("POST", "/login/").status == 404);
}

TEST_CASE("a page elsewhere that turned its name to this machine reads nothing") {
    web::SiteOptions options;
    options.trusted_proxies = {"127.0.0.1"};
    House house{options, {{"/ws", {.open = [](web::Handshake const&) { return net::WebSocketAccept{}; }}}}};
    auto const at = [](std::string const& host) { return Headers{{"Host", host}}; };
    for (auto const* path : {"/metrics", "/login", "/api/v1/rooms", "/openapi.json"}) {
        INFO(path);
        CHECK(house.ask("GET", path, at("evil.example:5000")).status == 421);
        CHECK(house.ask("GET", path, at("localhost:5000")).status != 421);
    }
    CHECK(house.ask("GET", "/api/v1/rooms", at("evil.example")).error() == "unknown_host");
    CHECK(house.ask("GET", "/healthz", at("evil.example")).status == 200);
    // What a proxy passes on may have any name.
    CHECK(house.ask("GET", "/login", at("chat.example.org") + Headers{{"X-Forwarded-For", "203.0.113.9"}}).status ==
          200);

    net::HttpRequest request;
    request.method = "GET";
    request.target = "/ws";
    request.headers = at("evil.example:5000") + house.bearer("sara");
    request.peer_address = "127.0.0.1";
    int status = 101;
    auto const decided = [&](std::variant<net::HttpResponse, net::WebSocketAccept> outcome) {
        if (auto const* refused = std::get_if<net::HttpResponse>(&outcome))
            status = Heard::parse(refused->bytes).status;
    };
    house.site->decide(request, decided);
    CHECK(status == 421);
}

TEST_CASE("a server that the world reaches doesn't take loopback for its own machine") {
    web::SiteOptions options;
    options.public_url = "https://chat.example.org";
    House house{options};
    CHECK(house.ask("GET", "/metrics").status == 401);
    CHECK(house.ask("GET", "/metrics", house.bearer("mod", chat::Role::moderator)).status == 200);
    CHECK(house.ask("GET", "/metrics", {{"Accept", "application/json"}}).status == 200);
}

TEST_CASE("a wrong method names the right ones, HEAD has no body, OPTIONS answers") {
    House house;
    auto const wrong = house.ask("DELETE", "/healthz");
    CHECK(wrong.status == 405);
    CHECK(wrong.header("Allow") == "GET, HEAD, OPTIONS");
    CHECK(wrong.error() == "method_not_allowed");
    CHECK(house.ask("BREW", "/healthz").status == 405);
    CHECK(house.ask("TRACE", "/healthz").status == 405);

    auto const head = house.ask("HEAD", "/healthz");
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(head.header("Content-Length") == std::to_string(house.ask("GET", "/healthz").body.size()));

    auto const options = house.ask("OPTIONS", "/healthz");
    CHECK(options.status == 204);
    CHECK(options.header("Allow") == "GET, HEAD, OPTIONS");
    CHECK(options.header("Content-Length").empty());
    CHECK(house.ask("OPTIONS", "*").status == 204);
}

TEST_CASE("long headers pass, and odd ones change nothing") {
    House house;
    CHECK(house.ask("GET", "/healthz", {{"X-Long", std::string(30'000, 'x')}}).status == 200);
    CHECK(house.ask("GET", "/healthz?" + std::string(8'000, 'q')).status == 200);
    CHECK(house.ask("GET", "/healthz", {{"Range", "bytes=0-1"}}).status == 200);
    CHECK(house.ask("GET", "/healthz", {{"Expect", "100-continue"}}).status == 200);
    auto const closing = house.ask("GET", "/healthz", {{"Connection", "close"}});
    CHECK(closing.header("Connection") == "close");
}

TEST_CASE("JSON bodies are checked for type, form and kind of field") {
    House house;
    auto const json = Headers{{"Content-Type", "application/json"}};
    struct Case {
        char const* type;
        std::string body;
        int status;
        char const* error;
    };
    for (auto const& [type, body, status, error] : {
             Case{"text/plain", "{}", 415, "wrong_type"},
             Case{"", "{}", 415, "wrong_type"},
             Case{"application/jsonx", "{}", 415, "wrong_type"},
             Case{"application/json", "", 400, "bad_request"},
             Case{"application/json", "{", 400, "bad_request"},
             Case{"application/json", "[]", 400, "bad_request"},
             Case{"application/json", R"({"a":1,"a":2})", 400, "bad_request"},
             Case{"application/json", std::string(40, '[') + std::string(40, ']'), 400, "bad_request"},
             Case{"application/json", "{\"username\":\"\xFF\"}", 400, "bad_request"},
             Case{"application/json", "{}", 422, "invalid_value"},
             Case{"Application/JSON; charset=utf-8", "{}", 422, "invalid_value"},
             Case{"application/json", R"({"username":7,"password":[]})", 422, "invalid_value"},
         }) {
        INFO(type << ' ' << body);
        auto const heard = house.ask("POST", "/api/v1/register", {{"Content-Type", type}}, body);
        CHECK(heard.status == status);
        CHECK(heard.error() == error);
        if (status == 422) CHECK(heard.json()["fields"].size() == 2);
    }
    CHECK(house
              .send("POST", "/api/v1/register",
                    {{"username", "sara"}, {"password", House::password}, {"unknown", {1, 2}}, {"email", nullptr}})
              .status == 201);
}

TEST_CASE("the body that a route takes is bounded before it is read") {
    House house;
    auto const sara = house.bearer("sara");
    auto const limit = [&](char const* method, char const* target, Headers headers) {
        net::HttpRequest head;
        head.method = method;
        head.target = target;
        head.headers = std::move(headers);
        return house.site->body_limit(head);
    };
    CHECK(limit("POST", "/api/v1/login", {}).bytes == 64U << 10U);
    CHECK(limit("POST", "/nothing", {}).bytes == 64U << 10U);
    CHECK(limit("PUT", "/api/v1/me/avatar", sara).bytes > 5U << 20U);
    CHECK(limit("PUT", "/api/v1/me/avatar", sara).bytes < 6U << 20U);
    CHECK(limit("POST", "/api/v1/rooms/lobby/files", sara).bytes > 10U << 20U);
    CHECK(limit("POST", "/api/v1/rooms/lobby/files", sara).bytes < 11U << 20U);

    for (auto const* target : {"/api/v1/rooms/lobby/files", "/settings/profile", "/auth/update_profile"}) {
        INFO(target);
        auto const stranger = limit("POST", target, {{"Authorization", "Bearer nobody"}});
        CHECK(stranger.bytes == 64U << 10U);
        CHECK(stranger.status == 401);
    }
    house.sanctions.impose({moderation::Sanction::Kind::ban, house.accounts.find_by_name("sara")->id, {}, "spam", ""});
    CHECK(limit("POST", "/api/v1/rooms/lobby/files", sara).status == 403);
    CHECK(limit("POST", "/api/v1/rooms/lobby/files", sara).bytes == 64U << 10U);

    REQUIRE(house.settings.change({{"attachment_bytes", 1000}}));
    CHECK(limit("POST", "/api/v1/rooms/lobby/files", house.bearer("omar")).bytes < 20'000);
}

TEST_CASE("malformed multipart bodies are refused, whole ones are read") {
    House house;
    auto const token = house.bearer("sara");
    for (std::string const body :
         {"", "nonsense", "--b\r\n", "--b\r\nContent-Disposition: form-data; name=\"avatar\"\r\n\r\nx", "--b--\r\n",
          "--c\r\n\r\n--c--"}) {
        INFO(body);
        auto const heard = house.ask("PUT", "/api/v1/me/avatar",
                                     token + Headers{{"Content-Type", "multipart/form-data; boundary=b"}}, body);
        CHECK((heard.status == 400 || heard.status == 422));
    }
    for (auto const* type : {"multipart/form-data", "multipart/form-data; boundary=",
                             "multipart/form-data; boundary=\"\"", "multipart/mixed; boundary=b"}) {
        INFO(type);
        CHECK(house.ask("PUT", "/api/v1/me/avatar", token + Headers{{"Content-Type", type}}, "--b\r\n\r\n--b--\r\n")
                  .status == 422);
    }
}

TEST_CASE("a multipart body is read only where a form is asked for, after rights were checked") {
    House house;
    auto const malformed = Headers{{"Content-Type", "multipart/form-data; boundary=b"}};
    auto const ask = [&](char const* method, char const* target, Headers const& who = {}) {
        return house.ask(method, target, who + malformed, "--b\r\nnonsense").status;
    };
    CHECK(ask("POST", "/x") == 404);
    CHECK(ask("POST", "/healthz") == 405);
    CHECK(ask("POST", "/api/v1/login") == 415);
    CHECK(ask("PUT", "/api/v1/me/avatar") == 401);
    CHECK(ask("POST", "/admin", house.cookie("sara")) == 403);
    CHECK(ask("PUT", "/api/v1/me/avatar", house.bearer("sara")) == 400);
    CHECK(ask("PUT", "/api/v1/me/avatar", house.cookie("sara")) == 400);
}

TEST_CASE("text of a kilobyte or more is compressed where the client takes it") {
    House house;
    auto const plain = house.ask("GET", "/openapi.json");
    REQUIRE(plain.status == 200);
    CHECK(plain.header("Content-Encoding").empty());
    CHECK(plain.header("Vary") == "Accept-Encoding");
    for (auto const* accept : {"gzip", "deflate, gzip;q=0.5", "br , gzip"}) {
        INFO(accept);
        auto const packed = house.ask("GET", "/openapi.json", {{"Accept-Encoding", accept}});
        CHECK(packed.header("Content-Encoding") == "gzip");
        CHECK(packed.body.size() < plain.body.size() / 3);
    }
    for (auto const* accept : {"gzip;q=0", "identity", "", "xgzip", "gzipped"}) {
        INFO(accept);
        CHECK(house.ask("GET", "/openapi.json", {{"Accept-Encoding", accept}}).body == plain.body);
    }
    CHECK(house.ask("GET", "/healthz", {{"Accept-Encoding", "gzip"}}).header("Content-Encoding").empty());
}

TEST_CASE("every page keeps browsers safe, and https is remembered only over https") {
    web::SiteOptions options;
    options.trusted_proxies = {"127.0.0.1"};
    House house{options};
    auto const page = house.ask("GET", "/login");
    REQUIRE(page.status == 200);
    auto const policy = page.header("Content-Security-Policy");
    for (auto const* part : {"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'",
                             "form-action 'self'", "require-trusted-types-for 'script'", "ws://chat.test"}) {
        INFO(part);
        CHECK(policy.find(part) != std::string::npos);
    }
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(page.header("X-Content-Type-Options") == "nosniff");
    CHECK(page.header("Referrer-Policy") == "same-origin");
    // Browsers ignore it where the origin is not secure, and complain.
    CHECK(page.header("Cross-Origin-Opener-Policy").empty());
    for (auto const* const host : {"localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000", "[::1]"}) {
        INFO(host);
        CHECK(house.ask("GET", "/login", {{"Host", host}}).header("Cross-Origin-Opener-Policy") == "same-origin");
    }
    CHECK(page.header("Cache-Control") == "no-store");
    CHECK(page.header("Strict-Transport-Security").empty());
    CHECK(page.cookie("soyuz_visitor").find("Secure") == std::string::npos);

    auto const secure = house.ask("GET", "/login", {{"X-Forwarded-Proto", "https"}});
    CHECK_FALSE(secure.header("Strict-Transport-Security").empty());
    CHECK(secure.cookie("soyuz_visitor").find("; Secure") != std::string::npos);
    CHECK(secure.header("Content-Security-Policy").find("wss://chat.test") != std::string::npos);
}

TEST_CASE("a Host that could break out of the policy is left out of it") {
    House house;
    net::HttpRequest request;
    request.method = "GET";
    request.target = "/login";
    request.headers = {{"Host", "evil; script-src *"}};
    std::promise<std::string> answered;
    house.site->handle(request, [&](net::HttpResponse response) { answered.set_value(response.bytes); });
    auto const page = Heard::parse(answered.get_future().get());
    CHECK(page.header("Content-Security-Policy").find('*') == std::string::npos);
}
