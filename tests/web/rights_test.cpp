#include "web/house.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using namespace std::string_literals;
using nlohmann::json;

namespace {

struct Case {
    char const* method;
    char const* target;
    json body;
    int visitor, member, moderator, admin;
};

}  // namespace

TEST_CASE("each route is open to those whom it is for, and to nobody else") {
    House house;
    auto const owner = house.bearer("teacher", chat::Role::owner);
    auto const admin = house.bearer("adam", chat::Role::admin);
    auto const moderator = house.bearer("mod", chat::Role::moderator);
    auto const member = house.bearer("sara");
    house.bearer("other");
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "stage"}, {"kind", "live"}}, owner).status == 201);
    for (auto const& [method, target, body, for_visitor, for_member, for_moderator, for_admin] : {
             Case{"GET", "/api/v1/me", nullptr, 401, 200, 200, 200},
             Case{"GET", "/api/v1/rooms", nullptr, 401, 200, 200, 200},
             Case{"GET", "/api/v1/rooms/lobby", nullptr, 401, 200, 200, 200},
             Case{"GET", "/api/v1/rooms/lobby/messages", nullptr, 401, 200, 200, 200},
             Case{"GET", "/api/v1/rooms/lobby/members", nullptr, 401, 200, 200, 200},
             Case{"POST", "/api/v1/rooms/lobby/messages", {{"text", "hello"}}, 401, 201, 201, 201},
             Case{"POST", "/api/v1/rooms/lobby/read", {{"seq", 1}}, 401, 200, 200, 200},
             Case{"PATCH", "/api/v1/rooms/lobby", {{"topic", "All"}}, 401, 403, 200, 200},
             Case{"DELETE", "/api/v1/rooms/lobby", nullptr, 401, 403, 409, 409},
             Case{"GET", "/api/v1/rooms/lobby/invites", nullptr, 401, 403, 200, 200},
             Case{"GET", "/api/v1/search?q=hello", nullptr, 401, 200, 200, 200},
             Case{"GET", "/api/v1/users?q=s", nullptr, 401, 200, 200, 200},
             Case{"GET", "/api/v1/users/sara", nullptr, 401, 200, 200, 200},
             Case{"GET", "/api/v1/sessions", nullptr, 401, 200, 200, 200},
             Case{"POST", "/api/v1/ws-ticket", nullptr, 401, 201, 201, 201},
             Case{"POST", "/api/v1/reports", {{"username", "other"}, {"reason", "spam"}}, 401, 201, 201, 201},
             Case{"GET", "/api/v1/reports", nullptr, 401, 403, 200, 200},
             Case{"GET", "/api/v1/bans", nullptr, 401, 403, 200, 200},
             Case{"POST", "/api/v1/bans", {{"username", "other"}, {"minutes", 1}}, 401, 403, 201, 201},
             Case{"DELETE", "/api/v1/bans/other", nullptr, 401, 403, 204, 404},
             Case{"POST", "/api/v1/bans", {{"username", "teacher"}}, 401, 403, 403, 403},
             Case{"POST", "/api/v1/bans", {{"username", "adam"}}, 401, 403, 403, 403},
             Case{"GET", "/api/v1/mutes", nullptr, 401, 403, 200, 200},
             Case{"POST", "/api/v1/mutes", {{"username", "other"}, {"minutes", 1}}, 401, 403, 201, 201},
             Case{"GET", "/api/v1/settings", nullptr, 401, 403, 403, 200},
             Case{"PATCH", "/api/v1/settings", {{"name", "Class"}}, 401, 403, 403, 200},
             Case{"PATCH", "/api/v1/users/teacher", {{"role", "member"}}, 401, 403, 403, 403},
             Case{"PATCH", "/api/v1/users/other", {{"role", "owner"}}, 401, 403, 403, 403},
             Case{"PATCH", "/api/v1/users/other", {{"role", "guest"}}, 401, 403, 403, 200},
             Case{"GET", "/api/v1/reach", nullptr, 401, 200, 200, 200},
             Case{"POST", "/api/v1/reach", {{"way", "network"}}, 401, 403, 403, 403},
             Case{"POST", "/admin/share", {{"way", "network"}}, 401, 403, 403, 403},
             Case{"POST", "/api/v1/rooms", {{"name", "stage-2"}, {"kind", "live"}}, 401, 403, 201, 409},
             Case{"GET", "/api/v1/live", nullptr, 401, 200, 200, 200},
             Case{"GET", "/api/v1/live/stage", nullptr, 401, 200, 200, 200},
             Case{"GET", "/api/v1/live/lobby", nullptr, 401, 404, 404, 404},
             Case{"PATCH", "/api/v1/live/stage", {{"delay_s", 5}}, 401, 403, 200, 200},
             Case{"POST", "/api/v1/live/stage/end", nullptr, 401, 403, 409, 409},
             Case{"POST", "/api/v1/live/stage/cut", nullptr, 401, 403, 409, 409},
             Case{"POST", "/api/v1/live/stage/blank", {{"on", true}}, 401, 403, 200, 200},
             Case{"POST", "/api/v1/live/stage/mute", {{"on", true}}, 401, 403, 200, 200},
             Case{"POST", "/api/v1/live/stage/reset", nullptr, 401, 403, 200, 200},
             Case{"GET", "/api/v1/live/stage/gifts", nullptr, 401, 200, 200, 200},
             Case{"POST", "/api/v1/live/stage/gifts", {{"gift_id", 1}}, 401, 201, 201, 201},
             Case{"GET", "/api/v1/live/stage/recordings", nullptr, 401, 200, 200, 200},
             Case{"DELETE", "/api/v1/live/stage/recordings/1", nullptr, 401, 403, 404, 404},
             Case{"GET", "/live/stage/recordings/1.webm", nullptr, 303, 404, 404, 404},
             Case{"POST", "/api/v1/live/stage/clips", nullptr, 401, 403, 409, 409},
             Case{"GET", "/api/v1/live/stage/clips", nullptr, 401, 403, 200, 200},
             Case{"DELETE", "/api/v1/live/stage/clips/1", nullptr, 401, 403, 404, 404},
             Case{"GET", "/live/stage/clips/1.webm", nullptr, 303, 403, 404, 404},
             Case{"GET", "/live", nullptr, 303, 200, 200, 200},
             Case{"GET", "/live/stage", nullptr, 303, 200, 200, 200},
             Case{"GET", "/live/stage/chat", nullptr, 303, 200, 200, 200},
             Case{"GET", "/live/lobby", nullptr, 303, 404, 404, 404},
             Case{"GET", "/auth/me", nullptr, 401, 200, 200, 200},
             Case{"POST", "/api/gift", {{"gift_id", 1}, {"amount", 1}}, 401, 404, 404, 404},
             Case{"POST", "/api/admin/kick", {{"username", "other"}}, 401, 403, 200, 200},
             Case{"POST", "/api/admin/kick", {{"username", "teacher"}}, 401, 403, 403, 403},
             Case{"POST", "/api/admin/mute", {{"username", "other"}}, 401, 403, 200, 200},
             Case{"POST", "/api/admin/reset_metrics", nullptr, 401, 403, 200, 200},
             Case{"GET", "/api/mod/threshold", nullptr, 401, 403, 200, 200},
             Case{"PATCH", "/api/mod/threshold", {{"threshold", 0.5}}, 401, 403, 200, 200},
             Case{"GET", "/api/recent", nullptr, 401, 403, 404, 404},
             Case{"GET", "/openapi.json", nullptr, 200, 200, 200, 200},
             Case{"GET", "/docs", nullptr, 200, 200, 200, 200},
             Case{"GET", "/metrics", nullptr, 200, 200, 200, 200},
             Case{"GET", "/admin", nullptr, 303, 403, 403, 200},
             Case{"GET", "/settings", nullptr, 303, 200, 200, 200},
             Case{"GET", "/chat/lobby", nullptr, 303, 200, 200, 200},
         }) {
        auto const status_for = [&](Headers const& who) {
            return body.is_null() ? house.ask(method, target, who).status
                                  : house.send(method, target, body, who).status;
        };
        INFO(method << ' ' << target);
        CHECK(status_for({}) == for_visitor);
        CHECK(status_for(member) == for_member);
        // What a moderator does may leave nothing to do for the admin who comes next.
        CHECK(status_for(moderator) == for_moderator);
        CHECK(status_for(admin) == for_admin);
    }
    CHECK(house.ask("GET", "/admin", owner).status == 200);
}

TEST_CASE("a private room is unknown to those who are not in it") {
    House house;
    auto const sara = house.bearer("sara");
    auto const omar = house.bearer("omar");
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "secret"}, {"kind", "private"}}, sara).status == 201);
    auto const sent = house.send("POST", "/api/v1/rooms/secret/messages", {{"text", "for us"}}, sara).json();
    auto const id = sent["id"].get<std::string>();
    struct Try {
        char const* method;
        std::string target;
        json body;
    };
    for (auto const& [method, target, body] :
         {Try{"GET", "/api/v1/rooms/secret", nullptr}, Try{"GET", "/api/v1/rooms/secret/messages", nullptr},
          Try{"GET", "/api/v1/rooms/secret/members", nullptr}, Try{"POST", "/api/v1/rooms/secret/join", nullptr},
          Try{"POST", "/api/v1/rooms/secret/messages", {{"text", "hi"}}}, Try{"GET", "/api/v1/messages/" + id, nullptr},
          Try{"PATCH", "/api/v1/messages/" + id, {{"text", "mine"}}}, Try{"DELETE", "/api/v1/messages/" + id, nullptr},
          Try{"PUT", "/api/v1/messages/" + id + "/reactions/%F0%9F%91%8D", nullptr},
          Try{"POST", "/api/v1/rooms/secret/invites", json::object()},
          Try{"POST", "/api/v1/rooms/secret/read", {{"seq", 1}}}, Try{"GET", "/chat/secret", nullptr}}) {
        INFO(method << ' ' << target);
        auto const heard = body.is_null() ? house.ask(method, target, omar) : house.send(method, target, body, omar);
        CHECK(heard.status == 404);
    }
}

TEST_CASE("a blocked message is refused with its verdict, a posted one answered from disk") {
    House house;
    auto const sara = house.bearer("sara");
    auto const blocked = house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", "blockme"}}, sara);
    CHECK(blocked.status == 403);
    CHECK(blocked.error() == "message_blocked");
    CHECK(blocked.json()["moderation"]["action"] == "block");
    auto const first = house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", "once"}, {"client_id", "a"}}, sara);
    auto const again = house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", "once"}, {"client_id", "a"}}, sara);
    REQUIRE(first.status == 201);
    CHECK(again.body == first.body);
    auto const reply = house.send("POST", "/api/v1/rooms/lobby/messages",
                                  {{"text", "answer"}, {"reply_to", first.json()["id"]}}, sara);
    CHECK(reply.json()["reply_to"].is_null() == false);
    REQUIRE(house.send("POST", "/api/v1/rooms", {{"name", "garden"}}, sara).status == 201);
    REQUIRE(house.send("POST", "/api/v1/rooms/garden/messages", {{"text", "first here"}}, sara).status == 201);
    for (auto const& elsewhere : {first.json()["id"].get<std::string>(), "nowherenowhe-1"s}) {
        auto const stray =
            house.send("POST", "/api/v1/rooms/garden/messages", {{"text", "answer"}, {"reply_to", elsewhere}}, sara);
        CHECK(stray.status == 404);
    }
    auto const page = house.ask("GET", "/api/v1/rooms/lobby/messages?limit=1", sara).json();
    CHECK(page["messages"].size() == 1);
    CHECK(page["has_more"] == true);
    CHECK(house.ask("GET", "/api/v1/rooms/lobby/messages?limit=0", sara).status == 422);
    CHECK(house.ask("GET", "/api/v1/rooms/lobby/messages?before=x", sara).status == 422);
}

TEST_CASE("changes that others are told of count in one budget of the person") {
    House house;
    auto const sara = house.bearer("sara");
    auto const id = house.accounts.find_by_name("sara")->id;
    Headers const json{{"Content-Type", "application/json"}};
    struct Case {
        char const* method;
        char const* path;
        std::string body;
    };
    for (auto const& [method, path, body] : {
             Case{"PUT", "/api/v1/messages/nothing-1/reactions/x", ""},
             Case{"DELETE", "/api/v1/messages/nothing-1/reactions/x", ""},
             Case{"PATCH", "/api/v1/messages/nothing-1", R"({"text":"x"})"},
             Case{"DELETE", "/api/v1/messages/nothing-1", ""},
             Case{"PATCH", "/api/v1/me", R"({"display_name":"Sara"})"},
             Case{"DELETE", "/api/v1/me/avatar", ""},
             Case{"PATCH", "/api/v1/rooms/lobby", R"({"title":"Hall"})"},
             Case{"POST", "/api/v1/rooms", R"({"name":"garden"})"},
         }) {
        INFO(method << ' ' << path);
        CHECK(house.ask(method, path, sara + json, body).status != 429);
        while (!house.changes.take(id)) {
        }
        auto const refused = house.ask(method, path, sara + json, body);
        CHECK(refused.status == 429);
        CHECK(refused.error() == "rate_limited");
        CHECK_FALSE(refused.header("Retry-After").empty());
        // What nobody else is told of goes on.
        CHECK(house.ask("GET", "/api/v1/me", sara).status == 200);
        CHECK(house.ask("POST", "/api/v1/ws-ticket", sara).status == 201);
        house.clock.advance(std::chrono::seconds{20});
    }
}
