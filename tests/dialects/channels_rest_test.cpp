#include "dialects/families.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;

TEST_CASE("a message of the channels' clients is one of the room, named by name or id") {
    House house{with_families()};
    auto const sara = house.bearer("sara");
    for (auto const* path : {"/api/messages", "/api/messages/send"}) {
        for (auto const& channel : {std::string{"lobby"}, house.rooms.lobby()->id.value}) {
            auto const sent = house.send("POST", path, {{"channel_id", channel}, {"content", "hello"}}, sara);
            CHECK(sent.status == 201);
            CHECK(sent.json()["channel_id"] == channel);
            CHECK(sent.json()["content"] == "hello");
            CHECK(sent.json()["author"] == "sara");
            CHECK(sent.json()["moderation"]["action"] == "allow");
        }
    }
    auto const blocked = house.send("POST", "/api/messages", {{"channel_id", "lobby"}, {"content", "blockme"}}, sara);
    CHECK(blocked.status == 403);
    CHECK(blocked.json()["error"].is_string());
    auto const moderation = blocked.json()["moderation"];
    CHECK(moderation["blocked"] == true);
    CHECK(moderation["severity"] == "high");
    CHECK(moderation["reasons"] == nlohmann::json{"harassment"});
    CHECK(moderation["message"].is_string());
    CHECK(house.send("POST", "/api/messages", {{"channel_id", "nowhere"}, {"content", "x"}}, sara).status == 404);
    CHECK(house.send("POST", "/api/messages", {{"content", "x"}}, sara).status == 400);
}

TEST_CASE("a text is checked without being sent, and moderators read what was decided") {
    House house{with_families()};
    auto const sara = house.bearer("sara");
    auto const mod = house.bearer("mod", chat::Role::moderator);
    auto const checked = house.send("POST", "/api/agents/moderation/check", {{"text", "blockme"}}, sara).json();
    CHECK(checked["success"] == true);
    CHECK(checked["moderation"]["action"] == "block");
    CHECK(house.ask("GET", "/api/agents/moderation/history", mod).json()["history"].empty());
    house.send("POST", "/api/messages", {{"channel_id", "lobby"}, {"content", "blockme"}}, sara);
    auto const history = house.ask("GET", "/api/agents/moderation/history", mod).json()["history"];
    REQUIRE(history.size() == 1);
    CHECK(history[0]["username"] == "sara");
    CHECK(history[0]["channel_id"] == "lobby");
    auto const stats = house.ask("GET", "/api/agents/moderation/stats", mod).json()["stats"];
    CHECK(stats["blocked"] == 1);
    CHECK(stats["total"] == 1);
}
