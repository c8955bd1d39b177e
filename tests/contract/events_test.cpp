#include "contract/events.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;
using namespace soyuz::contract;
using Json = nlohmann::json;

TEST_CASE("what a live message takes beyond its text, by its names") {
    struct Case {
        std::string username, display_name, room, client_id;
        base::Seq seq;
        std::size_t beyond;
    };
    for (auto const& [username, display_name, room, client_id, seq, beyond] : {
             Case{"sara", "sara", "lobby", "", 1, 171},
             Case{"sara.khan_7b", "sara.khan_7b", "lobby", "", 12'345, 187},
             Case{std::string(25, 'u'), std::string(25, 'u'), "lobby", "", 12'345, 200},
             Case{"sara.khan", "sara.khan", "physics-7b", "", 1'234, 187},
             Case{"sara.khan", "sara.khan", "lobby", "a1b2c3", 1'234, 203},
             // Above 200: another display name, a client_id, long names.
             Case{"sara.khan", "Sara Khan", "lobby", "", 1'234, 209},
             Case{"sara.khan", "Sara Khan", "lobby", "abcdefghijk", 1'234, 235},
             Case{std::string(32, 'u'), std::string(32, 'd'), "lobby", "", 1'234, 255},
         }) {
        World world;
        chat::Message message;
        message.id = {base::new_room_id(), seq};
        message.room_name = room;
        auto const user = world->accounts.create({username, "a fine passphrase", display_name, "", Role::member});
        REQUIRE(user);
        message.sender = *user;
        message.sent_at = world.clock.now();
        message.client_id = client_id;
        message.text = std::string(100, 'x');
        auto const event = events::message(message, world->accounts);
        INFO(event);
        CHECK(event.size() - message.text.size() == beyond);
        CHECK(events::message_edited(message, world->accounts).size() == event.size() + 7);
    }
}

TEST_CASE("an acknowledgement carries the reference as it was written") {
    CHECK(events::ack("") == R"({"type":"ack"})");
    CHECK(events::ack("1.50") == R"({"type":"ack","ref":1.50})");
    CHECK(events::ack("7", base::MessageId{base::RoomId{"abc"}, 12}) ==
          R"({"type":"ack","ref":7,"id":"abc-12","seq":12})");
    auto const joined = Json::parse(events::ack_joined("2", Json{{"name", "lobby"}, {"last_seq", 5}}, 3));
    CHECK(joined == Json{{"type", "ack"},
                         {"ref", 2},
                         {"room", {{"name", "lobby"}, {"last_seq", 5}}},
                         {"last_seq", 5},
                         {"online", 3}});
}

TEST_CASE("an error says when to try again, in seconds, and what was judged") {
    CHECK(events::error("3", {base::Code::slow_mode, "Wait.", std::chrono::milliseconds{1500}}) ==
          R"({"type":"error","ref":3,"code":"slow_mode","message":"Wait.","retry_after":1.5})");
    judge::Verdict verdict;
    verdict.action = judge::Action::block;
    verdict.case_id = "c1";
    auto const json = Json::parse(events::error("", {base::Code::message_blocked, "No."}, &verdict));
    CHECK(json["moderation"]["action"] == "block");
    CHECK(json["case_id"] == "c1");
    CHECK_FALSE(json.contains("ref"));
}

TEST_CASE("somebody in danger is told where to find help") {
    auto const json = Json::parse(events::help("lobby"));
    CHECK(json["type"] == "system");
    CHECK(json["room"] == "lobby");
    CHECK(json["level"] == "help");
    CHECK(json["key"] == "help.self_harm");
    CHECK(json["text"].get<std::string>().find("findahelpline.com") != std::string::npos);
    CHECK(Json::parse(events::help(""))["room"].is_null());
}

TEST_CASE("the parties of a case are told what was decided") {
    World world;
    auto const sara = world.user("sara");
    moderation::Case the_case;
    the_case.id = "c1";
    CHECK(Json::parse(events::moderation_decision(the_case, "remove", "why", nullptr, world->accounts)) ==
          Json{{"type", "moderation_decision"}, {"case_id", "c1"}, {"action", "remove"}, {"note", "why"}});
    auto const posted = *world.post(sara, "hello").result;
    auto const restored =
        Json::parse(events::moderation_decision(the_case, "approve", "", posted.get(), world->accounts));
    CHECK(restored["message"]["text"] == "hello");
    moderation::CaseReport report;
    report.id = "r1";
    CHECK(Json::parse(events::report_decided(the_case, report, true)) ==
          Json{{"type", "report_decided"}, {"report_id", "r1"}, {"case_id", "c1"}, {"outcome", "upheld"}});
}
