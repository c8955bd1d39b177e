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
