#include "dialects/families.hpp"

using namespace soyuz;
using namespace soyuz::web::testing;
using nlohmann::json;

namespace {

web::SiteOptions with_service_key() {
    auto options = with_families();
    options.service_key = "a key of programs";
    return options;
}

json const new_stream{{"room_url", "https://example.org/live.m3u8"}, {"platform", "elsewhere"}};

}  // namespace

TEST_CASE("clients of watched streams sign in, and have their token renewed") {
    House house{with_families()};
    house.bearer("omar", chat::Role::agent);
    auto const signed_in = house.send("POST", "/api/auth/login", {{"username", "omar"}, {"password", House::password}});
    REQUIRE(signed_in.status == 200);
    CHECK(signed_in.json()["token"] == signed_in.json()["access_token"]);
    CHECK(signed_in.json()["user"]["role"] == "agent");
    Headers const bearer{{"Authorization", "Bearer " + signed_in.json()["token"].get<std::string>()}};
    auto const verified = house.send("POST", "/api/auth/token-verify", json::object(), bearer);
    CHECK(verified.status == 200);
    CHECK(verified.json()["valid"] == true);
    CHECK(verified.json()["token"] != signed_in.json()["token"]);
    CHECK(house.send("POST", "/api/auth/token-verify", json::object()).status == 401);
    auto const wrong = house.send("POST", "/api/auth/login", {{"username", "omar"}, {"password", "another one"}});
    CHECK(wrong.status == 401);
    CHECK(wrong.json()["error"].is_string());
}

TEST_CASE("a stream is added, assigned, started, stopped, changed and removed in their shape") {
    House house{with_families()};
    auto const mod = house.bearer("mod", chat::Role::moderator);
    auto const omar = house.bearer("omar", chat::Role::agent);
    auto const sara = house.bearer("sara", chat::Role::agent);
    auto const omar_id = house.accounts.find_by_name("omar")->id.value;
    auto wanted = new_stream;
    wanted["agent_id"] = omar_id;
    auto const made = house.send("POST", "/api/streams", wanted, mod);
    REQUIRE(made.status == 201);
    auto const id = made.json()["id"].get<std::string>();
    CHECK(made.json()["status"] == "offline");
    CHECK(made.json()["assignments"][0]["agent_id"] == omar_id);
    CHECK(house.send("POST", "/api/streams", wanted, mod).status == 409);
    CHECK(house.send("POST", "/api/streams", {{"platform", "x"}}, mod).status == 400);
    CHECK(house.send("POST", "/api/streams", wanted, omar).status == 403);

    CHECK(house.ask("GET", "/api/streams", omar).json().size() == 1);
    CHECK(house.ask("GET", "/api/streams", sara).json().empty());
    CHECK(house.ask("GET", "/api/streams?platform=nowhere", omar).json().empty());
    auto const start = "/api/monitoring/stream/" + id + "/start";
    CHECK(house.send("POST", start, json::object(), omar).json()["success"] == true);
    CHECK(house.send("POST", start, json::object(), sara).status == 404);
    CHECK(house.send("POST", "/api/monitoring/stream/none/start", json::object(), mod).status == 404);

    auto const trigger = [&](Headers const& who) {
        return house.send("POST", "/api/monitor/trigger-detection", {{"stream_id", id}}, who).status;
    };
    CHECK(trigger(omar) == 400);
    CHECK(house.send("POST", "/api/streams/" + id + "/status", {{"status", "online"}}, omar).status == 200);
    CHECK(trigger(sara) == 404);
    CHECK(trigger(omar) == 200);
    CHECK(trigger(omar) == 409);
    auto const status = house.ask("GET", "/api/monitor/detection-status/" + id, omar).json();
    CHECK(status["active"] == true);
    CHECK(status["stream_url"] == new_stream["room_url"]);
    CHECK(status["detectionError"].is_null());
    CHECK(house.ask("GET", "/api/monitoring/status", mod).json()["active_streams"] == 1);
    CHECK(house.ask("GET", "/api/monitor/health").json() ==
          json({{"status", "healthy"}, {"service", "monitor"}, {"active_streams", 1}}));

    CHECK(house.send("PUT", "/api/streams/" + id, {{"notes", "look closely"}}, mod).json()["notes"] == "look closely");
    CHECK(house.ask("DELETE", "/api/streams/" + id, mod).status == 200);
    CHECK(house.ask("GET", "/api/streams", mod).json().empty());
}

TEST_CASE("keywords and objects are read by agents and written by admins") {
    House house{with_families()};
    auto const admin = house.bearer("boss", chat::Role::admin), omar = house.bearer("omar", chat::Role::agent);
    auto const made = house.send("POST", "/api/keywords", {{"keyword", "knife"}}, admin);
    REQUIRE(made.status == 201);
    CHECK(house.send("POST", "/api/keywords", {{"keyword", "knife"}}, admin).status == 409);
    CHECK(house.send("POST", "/api/keywords", {{"keyword", "gun"}}, omar).status == 403);
    CHECK(house.ask("GET", "/api/keywords", omar).json()[0]["keyword"] == "knife");
    auto const path = "/api/keywords/" + made.json()["id"].get<std::string>();
    CHECK(house.send("PUT", path, {{"keyword", "dagger"}}, admin).json()["keyword"] == "dagger");
    auto const found = house.send("POST", "/api/detect", {{"text", "he has a dagger"}}, omar).json();
    CHECK(found["chat"][0]["keyword"] == "dagger");
    CHECK(found["visual"].empty());
    CHECK(house.ask("DELETE", path, admin).status == 200);
    CHECK(house.ask("DELETE", path, admin).status == 404);
    auto const object =
        house.send("POST", "/api/objects", {{"object_name", "knife"}, {"confidence_threshold", 0.7}}, admin);
    CHECK(object.json()["confidence_threshold"] == 0.7);
    CHECK(house.send("POST", "/api/objects", {{"object_name", "gun"}, {"confidence_threshold", 7}}, admin).status ==
          400);
}

TEST_CASE("notifications are made, read, forwarded and deleted in their shape") {
    House house{with_families()};
    auto const mod = house.bearer("mod", chat::Role::moderator);
    auto const omar = house.bearer("omar", chat::Role::agent), sara = house.bearer("sara", chat::Role::agent);
    auto wanted = new_stream;
    wanted["agent_id"] = house.accounts.find_by_name("omar")->id.value;
    REQUIRE(house.send("POST", "/api/streams", wanted, mod).status == 201);
    json const alert{{"event_type", "object_detection"},
                     {"room_url", new_stream["room_url"]},
                     {"details", {{"detections", {{{"class", "knife"}, {"confidence", 0.9}}}}}}};
    auto const made = house.send("POST", "/api/notifications", alert, omar);
    REQUIRE(made.status == 201);
    auto const id = made.json()["id"].get<std::string>();
    CHECK(made.json()["platform"] == "elsewhere");
    CHECK(made.json()["assigned_agent"] == "omar");
    auto const again = house.send("POST", "/api/notifications", alert, omar);
    CHECK(again.status == 200);
    CHECK(again.json()["id"] == id);
    CHECK(house.send("POST", "/api/notifications", alert, sara).status == 404);
    CHECK(house.send("POST", "/api/notifications", {{"event_type", "nonsense"}, {"room_url", "x"}}, mod).status == 400);
    CHECK(house.ask("GET", "/api/notifications/" + id, sara).status == 404);
    auto const sara_id = house.accounts.find_by_name("sara")->id.value;
    CHECK(house.send("POST", "/api/notifications/" + id + "/forward", {{"agent_id", sara_id}}, mod).status == 200);
    CHECK(house.ask("GET", "/api/notifications/" + id, sara).json()["read"] == false);
    CHECK(house.send("PUT", "/api/notifications/" + id + "/read", json::object(), sara).json()["read"] == true);
    CHECK(house.ask("GET", "/api/notifications/" + id, omar).json()["read"] == false);
    auto const list = house.ask("GET", "/api/notifications?page=1&per_page=1", omar).json();
    CHECK(list["notifications"].size() == 1);
    CHECK(list["per_page"] == 1);
    CHECK(list["total"].get<int>() >= 2);
    CHECK(house.send("PUT", "/api/notifications/read-all", json::object(), omar).status == 200);
    CHECK(house.ask("GET", "/api/notifications", omar).json()["unread_count"] == 0);
    CHECK(house.ask("DELETE", "/api/notifications/" + id, omar).status == 200);
    CHECK(house.ask("GET", "/api/notifications/" + id, omar).status == 404);
    CHECK(house.ask("GET", "/api/notifications/" + id, mod).status == 200);
    CHECK(house.ask("DELETE", "/api/notifications/delete-all", mod).status == 200);
    CHECK(house.ask("GET", "/api/notifications", mod).json()["total"] == 0);
}

TEST_CASE("agents are made, changed and let go, and assignments given once") {
    House house{with_families()};
    auto const admin = house.bearer("boss", chat::Role::admin), mod = house.bearer("mod", chat::Role::moderator);
    auto const made =
        house.send("POST", "/api/agents",
                   {{"username", "omar"}, {"password", House::password}, {"email", "o@example.org"}}, admin);
    REQUIRE(made.status == 201);
    CHECK(made.json()["role"] == "agent");
    auto const id = made.json()["id"].get<std::string>();
    CHECK(house.ask("GET", "/api/agents", mod).json().size() == 1);
    CHECK(house.send("PUT", "/api/agents/" + id, {{"email", "omar@example.org"}}, admin).json()["email"] ==
          "omar@example.org");
    auto const stream = house.send("POST", "/api/streams", new_stream, mod).json()["id"].get<std::string>();
    json const wanted{{"agent_id", id}, {"stream_id", stream}};
    // A new stream went to them already.
    CHECK(house.send("POST", "/api/assign", wanted, mod).status == 200);
    auto const assignments = house.ask("GET", "/api/assignments?stream_id=" + stream, mod).json();
    REQUIRE(assignments["count"] == 1);
    auto const path = "/api/assignments/" + assignments["assignments"][0]["id"].get<std::string>();
    CHECK(house.ask("DELETE", path, mod).status == 200);
    CHECK(house.send("POST", "/api/assignments", wanted, mod).status == 201);
    CHECK(house.send("POST", "/api/assignments", {{"agent_id", "nobody"}, {"stream_id", stream}}, mod).status == 400);
    CHECK(house.ask("DELETE", "/api/agents/" + id, admin).status == 200);
    CHECK(house.ask("GET", "/api/agents", mod).json().empty());
    CHECK(house.ask("GET", "/api/assignments", mod).json()["count"] == 0);
}

TEST_CASE("direct messages are written, read and cleared in their shape") {
    House house{with_families()};
    auto const omar = house.bearer("omar", chat::Role::agent), mod = house.bearer("mod", chat::Role::moderator);
    auto const mod_id = house.accounts.find_by_name("mod")->id.value;
    auto const omar_id = house.accounts.find_by_name("omar")->id.value;
    CHECK(house.ask("GET", "/api/messages/" + mod_id, omar).json().empty());
    auto const sent = house.send("POST", "/api/messages/" + mod_id, {{"message", "look at this"}}, omar);
    REQUIRE(sent.status == 201);
    CHECK(sent.json()["sender_id"] == omar_id);
    CHECK(sent.json()["receiver_username"] == "mod");
    CHECK(house.send("POST", "/api/messages/nobody", {{"message", "x"}}, omar).status == 404);
    auto const heard = house.ask("GET", "/api/messages/" + omar_id, mod).json();
    REQUIRE(heard.size() == 1);
    CHECK(heard[0]["message"] == "look at this");
    CHECK(house.ask("DELETE", "/api/messages/" + omar_id, mod).status == 200);
    CHECK(house.ask("GET", "/api/messages/" + omar_id, mod).json().empty());
    CHECK(house.ask("GET", "/api/messages/" + mod_id, omar).json().size() == 1);
}

TEST_CASE("events are handed on for the service key and for admins, and only those that there are") {
    House house{with_service_key()};
    json const event{{"event", "notification"}, {"data", {{"id", "1"}}}, {"namespace", "/notifications"}};
    auto const push = [&](Headers const& who, json const& what) {
        return house.send("POST", "/api/forward-socketio", what, who).status;
    };
    Headers const key{{"Authorization", "Bearer a key of programs"}};
    CHECK(push(key, event) == 200);
    CHECK(push(house.bearer("boss", chat::Role::admin), event) == 200);
    CHECK(push({}, event) == 401);
    CHECK(push({{"Authorization", "Bearer another key"}}, event) == 401);
    CHECK(push(house.bearer("mod", chat::Role::moderator), event) == 403);
    for (auto const& bad : {json{{"event", "kicked"}, {"data", json::object()}}, json{{"event", "notification"}},
                            json{{"data", json::object()}},
                            json{{"event", "message"}, {"data", json::object()}, {"namespace", "/custom"}}}) {
        INFO(bad);
        CHECK(push(key, bad) == 400);
    }
}

TEST_CASE("without a service key nothing opens what it would open") {
    House house{with_families()};
    for (auto const* header : {"Bearer ", "Bearer", "Bearer x"}) {
        INFO(header);
        CHECK(house
                  .send("POST", "/api/forward-socketio", {{"event", "message"}, {"data", json::object()}},
                        {{"Authorization", header}})
                  .status == 401);
    }
}
