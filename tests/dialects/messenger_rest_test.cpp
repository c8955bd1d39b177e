#include <set>

#include "dialects/families.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using nlohmann::json;

namespace {

struct Messenger : House {
    Messenger() : House(with_families()) {}

    Headers sign_up(std::string const& name) {
        auto const made = send("POST", "/api/register", {{"username", name}, {"password", password}});
        REQUIRE(made.status == 201);
        return {{"Authorization", "Bearer " + made.json()["access_token"].get<std::string>()}};
    }
};

Headers bearer_of(json const& token) { return {{"Authorization", "Bearer " + token.get<std::string>()}}; }

}  // namespace

TEST_CASE("a messenger signs up, signs in, renews its tokens and signs out") {
    Messenger house;
    json const wish{{"username", "sara"}, {"password", House::password}, {"email", "sara@example.org"}};
    auto const made = house.send("POST", "/api/register", wish);
    CHECK(made.status == 201);
    CHECK(made.json()["msg"].is_string());
    CHECK(made.json()["username"] == "sara");
    auto const taken = house.send("POST", "/api/register", wish);
    CHECK(taken.status == 400);
    CHECK(taken.json()["msg"].is_string());
    auto const wrong = house.send("POST", "/api/register", {{"username", "x"}, {"password", "short"}});
    CHECK(wrong.status == 400);
    CHECK(wrong.json()["errors"].contains("username"));
    CHECK(wrong.json()["errors"].contains("password"));

    CHECK(house.send("POST", "/api/login", {{"email", "sara@example.org"}, {"password", "wrong one"}}).status == 401);
    for (auto const* field : {"email", "username"}) {
        auto const name = std::string{field} == "email" ? "sara@example.org" : "sara";
        auto const in = house.send("POST", "/api/login", {{field, name}, {"password", House::password}});
        CHECK(in.status == 200);
        for (auto const* key : {"access_token", "refresh_token", "token_type", "username", "email", "role"})
            CHECK(in.json().contains(key));
    }
    auto const first = house.send("POST", "/api/login", {{"username", "sara"}, {"password", House::password}}).json();
    auto const second = house.ask("POST", "/api/refresh", bearer_of(first["refresh_token"]));
    REQUIRE(second.status == 200);
    CHECK(house.ask("GET", "/api/v1/me", bearer_of(second.json()["access_token"])).status == 200);
    // An access token renews nothing, and a refresh token opens nothing.
    CHECK(house.ask("POST", "/api/refresh", bearer_of(first["access_token"])).status == 401);
    CHECK(house.ask("GET", "/api/v1/me", bearer_of(second.json()["refresh_token"])).status == 401);

    SECTION("signing out ends the session") {
        CHECK(house.ask("POST", "/api/logout", bearer_of(second.json()["refresh_token"])).status == 200);
        CHECK(house.ask("GET", "/api/v1/me", bearer_of(second.json()["access_token"])).status == 401);
        CHECK(house.ask("POST", "/api/refresh", bearer_of(second.json()["refresh_token"])).status == 401);
        CHECK(house.ask("POST", "/api/logout").status == 401);
    }
    SECTION("a refresh token that comes again ends it too") {
        auto const again = house.ask("POST", "/api/refresh", bearer_of(first["refresh_token"]));
        CHECK(again.status == 401);
        CHECK(again.json()["msg"].is_string());
        CHECK(house.ask("GET", "/api/v1/me", bearer_of(second.json()["access_token"])).status == 401);
        CHECK(house.ask("POST", "/api/refresh", bearer_of(second.json()["refresh_token"])).status == 401);
    }
    SECTION("sessions are listed and can be ended from elsewhere") {
        auto const other = house.bearer("sara");
        auto const sessions = house.ask("GET", "/api/v1/sessions", other).json()["sessions"];
        for (auto const& session : sessions)
            if (session["current"] == false)
                house.ask("DELETE", "/api/v1/sessions/" + session["id"].get<std::string>(), other);
        CHECK(house.ask("POST", "/api/refresh", bearer_of(second.json()["refresh_token"])).status == 401);
    }
}

TEST_CASE("posts and comments of a messenger are those of the pages") {
    Messenger house;
    auto const sara = house.sign_up("sara");
    auto const omar = house.sign_up("omar");
    auto const made = house.send("POST", "/api/post", {{"content", "hello"}, {"url", "https://example.org/x"}}, sara);
    REQUIRE(made.status == 201);
    auto const id = made.json()["id"].dump();
    CHECK(house.send("POST", "/api/post", {{"content", "x"}, {"url", "javascript:x"}}, sara).status == 400);
    CHECK(house.send("POST", "/api/post", {{"content", "blockme"}}, sara).status == 403);

    auto const own = house.ask("GET", "/api/post", sara).json();
    REQUIRE(own.size() == 1);
    CHECK(own[0]["content"] == "hello");
    CHECK(own[0]["url"] == "https://example.org/x");
    CHECK(house.ask("GET", "/api/post", omar).json().empty());
    auto const random = house.ask("GET", "/api/posts/random?page=1&per_page=10", omar).json();
    CHECK(random["total"] == 1);
    CHECK(random["pages"] == 1);
    CHECK(random["current_page"] == 1);
    CHECK(random["posts"][0]["username"] == "sara");

    auto const said = house.send("POST", "/api/comment/" + id, {{"content", "nice"}}, omar);
    CHECK(said.status == 200);
    CHECK(said.json()["isCyberbullying"] == false);
    CHECK(said.json()["msg"].is_string());
    auto const blocked = house.send("POST", "/api/comment/" + id, {{"content", "blockme"}}, omar);
    CHECK(blocked.status == 200);
    CHECK(blocked.json()["isCyberbullying"] == true);
    CHECK(blocked.json()["published"] == false);
    CHECK(house.send("POST", "/api/comment/99", {{"content", "lost"}}, omar).status == 404);
    auto const comments = house.ask("GET", "/api/comments/" + id, sara).json();
    REQUIRE(comments.size() == 1);
    CHECK(comments[0]["username"] == "omar");
    CHECK(comments[0]["is_bullying"] == false);
    CHECK(house.ask("GET", "/api/v1/posts/" + id, omar).json()["comment_count"] == 1);

    house.sanctions.impose(
        {moderation::Sanction::Kind::mute, house.accounts.find_by_name("omar")->id, {}, "spam", "keeper"});
    auto const muted = house.send("POST", "/api/comment/" + id, {{"content", "hm"}}, omar);
    CHECK(muted.status == 403);
    CHECK(muted.json()["msg"].is_string());
}

TEST_CASE("pages of random posts don't repeat each other") {
    Messenger house;
    auto const sara = house.sign_up("sara");
    for (int i = 0; i < 7; ++i)
        REQUIRE(house.send("POST", "/api/post", {{"content", "post " + std::to_string(i)}}, sara).status == 201);
    std::set<std::string> seen;
    for (int page = 1; page <= 3; ++page) {
        auto const heard = house.ask("GET", "/api/posts/random?per_page=3&page=" + std::to_string(page), sara).json();
        for (auto const& post : heard["posts"]) seen.insert(post["content"]);
    }
    CHECK(seen.size() == 7);
    CHECK(house.ask("GET", "/api/posts/random?page=9", sara).json()["posts"].empty());
    CHECK(house.ask("GET", "/api/posts/random?per_page=0", sara).status == 400);
}

TEST_CASE("history, conversations and the count of bullying are those of the person who asks") {
    Messenger house;
    auto const sara = house.sign_up("sara");
    auto const omar = house.sign_up("omar");
    auto const user = [&](char const* name) { return house.accounts.find_by_name(name); };
    CHECK(house.ask("GET", "/api/chat/messages/omar", sara).json()["total"] == 0);
    CHECK(house.ask("GET", "/api/chat/messages/nobody", sara).status == 404);
    auto const room = *house.rooms.direct(*user("sara"), *user("omar"));
    for (auto const* text : {"one", "two", "blockme"}) {
        auto const sent = house.send("POST", "/api/v1/rooms/" + room->name + "/messages", {{"text", text}}, sara);
        CHECK(sent.status == 201);
    }
    auto const page = house.ask("GET", "/api/chat/messages/sara?limit=2", omar).json();
    CHECK(page["total"] == 3);
    CHECK(page["has_more"] == true);
    REQUIRE(page["messages"].size() == 2);
    CHECK(page["messages"][0]["message"] == "two");
    CHECK(page["messages"][1]["is_bullying"] == true);
    CHECK(page["messages"][1]["sender"] == "sara");
    CHECK(page["messages"][1]["receiver"] == "omar");
    auto const rest = house.ask("GET", "/api/chat/messages/sara?limit=2&offset=2", omar).json();
    CHECK(rest["messages"][0]["message"] == "one");
    CHECK(rest["has_more"] == false);

    auto const conversations = house.ask("GET", "/api/chat/conversations", omar).json()["conversations"];
    REQUIRE(conversations.size() == 1);
    CHECK(conversations[0]["username"] == "sara");
    CHECK(conversations[0]["unread_count"] == 3);
    CHECK(conversations[0]["last_message"]["message"] == "blockme");

    auto const received = house.ask("GET", "/api/chat/bullying-report", omar).json();
    CHECK(received["received_bullying_count"] == 1);
    CHECK(received["sent_bullying_count"] == 0);
    CHECK(house.ask("GET", "/api/chat/bullying-report", sara).json()["sent_bullying_count"] == 1);

    auto const before = house.ask("GET", "/api/chat/can-chat", sara).json();
    CHECK(before["can_chat"] == true);
    CHECK(before["max_allowed"] == 5);
    auto const post = house.send("POST", "/api/post", {{"content", "hello"}}, omar).json()["id"].dump();
    for (int i = 0; i < 4; ++i) house.send("POST", "/api/comment/" + post, {{"content", "blockme"}}, sara);
    auto const after = house.ask("GET", "/api/chat/can-chat", sara).json();
    CHECK(after["can_chat"] == false);
    CHECK(after["is_blocked"] == true);
    CHECK(after["bullying_count"] == 5);
    CHECK(after["breakdown"]["bullying_comments"] == 4);
    CHECK(after["breakdown"]["bullying_messages"] == 1);
    CHECK(after["warning"].is_string());
    CHECK(house.send("POST", "/api/v1/rooms/lobby/messages", {{"text", "hi"}}, sara).status == 403);

    auto const mod = house.bearer("mod", chat::Role::moderator);
    auto const users = house.ask("GET", "/api/users/bullying?page=1&limit=10", mod).json();
    CHECK(users["total"] == 1);
    CHECK(users["users"][0]["username"] == "sara");

    // Cleared for oneself: the other keeps it.
    CHECK(house.ask("DELETE", "/api/v1/rooms/" + room->name + "/messages", omar).status == 204);
    CHECK(house.ask("GET", "/api/chat/messages/sara", omar).json()["total"] == 0);
    CHECK(house.ask("GET", "/api/chat/conversations", omar).json()["conversations"].empty());
    CHECK(house.ask("GET", "/api/chat/messages/omar", sara).json()["total"] == 3);
    auto const marks = house.ask("GET", "/api/v1/rooms/" + room->name + "/marks", sara).json()["marks"];
    for (auto const& mark : marks) CHECK(mark["delivered_seq"] == 3);
}
