#include <string>

#include "web/house.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using nlohmann::json;

namespace {

web::SiteOptions with_service_key() {
    web::SiteOptions options;
    options.service_key = "a key of programs";
    options.rate_limits = false;
    return options;
}

Headers const key{{"Authorization", "Bearer a key of programs"}};
std::string const jpeg = "\xFF\xD8\xFF" + std::string(100'000, 'j');

/// A pushed stream that is monitored.
std::string stream_of(House& house, Headers const& mod) {
    auto const made =
        house.send("POST", "/api/v1/streams", {{"platform", "elsewhere"}, {"streamer_username", "rehana"}}, mod);
    REQUIRE(made.status == 201);
    auto const id = made.json()["id"].get<std::string>();
    REQUIRE(house.send("POST", "/api/v1/streams/" + id + "/state", {{"state", "monitoring"}}, key).status == 200);
    return id;
}

}  // namespace

TEST_CASE("a program pushes chat lines, things, words and pictures, and what is found reaches the agent") {
    House house{with_service_key()};
    auto const admin = house.bearer("boss", chat::Role::admin), omar = house.bearer("omar", chat::Role::agent);
    auto const id = stream_of(house, admin);
    auto const path = "/api/v1/streams/" + id;
    REQUIRE(house.send("POST", "/api/v1/streams/keywords", {{"keyword", "knife"}}, admin).status == 201);

    auto const lines = house.send(
        "POST", path + "/chat",
        {{"lines", {{{"username", "ali"}, {"text", "hello"}}, {{"username", "ali"}, {"text", "I have a kn1fe"}}}}},
        key);
    REQUIRE(lines.status == 200);
    CHECK(lines.json()["looked_at"] == 2);
    REQUIRE(lines.json()["detections"].size() == 1);
    CHECK(lines.json()["detections"][0]["kind"] == "keyword");

    json const thing{
        {"kind", "object"},
        {"boxes", {{{"class", "knife"}, {"confidence", 0.8}, {"left", 1}, {"top", 2}, {"width", 3}, {"height", 4}}}}};
    auto const seen = house.send("POST", path + "/detections", thing, key);
    REQUIRE(seen.status == 201);
    CHECK(house.send("POST", path + "/detections", thing, key).json()["count"] == 2);
    auto const detection = "/api/v1/detections/" + seen.json()["id"].get<std::string>();
    Headers const picture = key + Headers{{"Content-Type", "image/jpeg"}};
    CHECK(house.ask("PUT", detection + "/picture", picture, jpeg).json()["picture_url"] == detection + "/picture");
    CHECK(house.ask("GET", detection + "/picture", omar).body == jpeg);
    CHECK(house.ask("PUT", path + "/picture", picture, jpeg).status == 204);
    CHECK(house.ask("PUT", path + "/picture", picture, "no picture").status == 422);
    CHECK(house.ask("GET", path + "/picture", omar).header("Content-Type") == "image/jpeg");

    auto const said =
        house.send("POST", path + "/transcript",
                   {{"text", "the knife is sharp"},
                    {"words", {{{"w", "the"}, {"p", 0.9}}, {{"w", "knife"}, {"p", 0.8}}, {{"w", "is"}, {"p", 0.9}}}}},
                   key);
    CHECK(said.json()["detection"]["kind"] == "audio");
    auto const unsure =
        house.send("POST", path + "/transcript", {{"text", "a knife"}, {"words", {{{"w", "knife"}, {"p", 0.2}}}}}, key);
    CHECK(unsure.json()["detection"].is_null());
    CHECK(house.ask("GET", path + "/transcript?q=sharp", omar).json()["transcript"].size() == 1);

    auto const told = house.ask("GET", "/api/v1/notifications?unacknowledged=1", omar).json();
    CHECK(told["unread"].get<int>() >= 3);
    CHECK(house.send("POST", detection + "/acknowledge", json::object(), omar).json()["acknowledged_by"]["username"] ==
          "omar");
    CHECK(house.ask("GET", "/api/v1/detections?open=1", omar).json()["detections"].size() == 2);
    CHECK(house.ask("GET", "/api/v1/agents", omar).json()["agents"][0]["figures"]["acknowledged"] == 1);
}

TEST_CASE("who may not see a stream hears what they would hear of none") {
    House house{with_service_key()};
    auto const mod = house.bearer("mod", chat::Role::moderator);
    auto const id = stream_of(house, mod);
    auto const omar = house.bearer("omar", chat::Role::agent), member = house.bearer("visitor");
    auto const seen =
        house.send("POST", "/api/v1/streams/" + id + "/detections", {{"kind", "audio"}, {"subjects", {"knife"}}}, key);
    REQUIRE(seen.status == 201);
    auto const detection = seen.json()["id"].get<std::string>();
    struct Case {
        std::string method, begin, hidden, end;
        json body;
    };
    for (auto const& [method, begin, hidden, end, body] : {
             Case{"GET", "/api/v1/streams/", id, "", {}},
             Case{"GET", "/api/v1/streams/", id, "/picture", {}},
             Case{"GET", "/api/v1/streams/", id, "/transcript", {}},
             Case{"POST", "/api/v1/streams/", id, "/start", json::object()},
             Case{"POST", "/api/v1/streams/", id, "/state", {{"state", "online"}}},
             Case{"POST", "/api/v1/streams/", id, "/chat", {{"lines", json::array()}}},
             Case{"GET", "/api/v1/detections/", detection, "", {}},
             Case{"GET", "/api/v1/detections/", detection, "/picture", {}},
             Case{"POST", "/api/v1/detections/", detection, "/acknowledge", json::object()},
         }) {
        INFO(method << ' ' << begin << end);
        auto const ask = [&](std::string const& what) {
            return method == "GET" ? house.ask("GET", begin + what + end, omar)
                                   : house.send("POST", begin + what + end, body, omar);
        };
        CHECK(ask(hidden).status == 404);
        auto const told = [&](std::string const& what) {
            auto answer = ask(what).json();
            answer.erase("request_id");
            return answer;
        };
        CHECK(told(hidden) == told("nowhere"));
    }
    CHECK(house.send("POST", "/api/v1/streams/" + id + "/chat", {{"lines", json::array()}}, member).status == 404);
    CHECK(house.send("POST", "/api/v1/streams/" + id + "/chat", {{"lines", json::array()}}).status == 401);
    CHECK(house.ask("GET", "/api/v1/detections", omar).json()["detections"].empty());
    CHECK(house.ask("GET", "/api/v1/streams", omar).json()["streams"].empty());
}

TEST_CASE("the pages of streams show what their reader may see") {
    House house{with_service_key()};
    auto const admin = house.bearer("boss", chat::Role::admin);
    auto const id = stream_of(house, admin);
    auto const member = house.cookie("visitor"), omar = house.cookie("omar", nullptr, chat::Role::agent);
    auto const boss = house.cookie("boss", nullptr, chat::Role::admin);
    CHECK(house.ask("GET", "/streams", member).status == 403);
    CHECK(house.ask("GET", "/streams", omar).body.find("rehana") == std::string::npos);
    CHECK(house.ask("GET", "/streams/" + id, omar).status == 404);
    CHECK(house.ask("GET", "/streams/settings", omar).status == 403);
    auto const grid = house.ask("GET", "/streams", boss);
    CHECK(grid.status == 200);
    CHECK(grid.body.find("rehana") != std::string::npos);
    CHECK(grid.body.find("watch-card") != std::string::npos);
    CHECK(house.ask("GET", "/streams?q=nobody", boss).body.find("watch-card") == std::string::npos);
    auto const one = house.ask("GET", "/streams/" + id, boss);
    CHECK(one.status == 200);
    CHECK(one.body.find("rehana") != std::string::npos);
    CHECK(house.ask("GET", "/streams/settings", boss).status == 200);
}
