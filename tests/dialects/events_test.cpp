#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "dialects/channels_events.hpp"
#include "dialects/common_events.hpp"
#include "dialects/messenger_events.hpp"
#include "dialects/room_events.hpp"

using namespace soyuz;
using namespace soyuz::dialects;
using Json = nlohmann::json;

namespace {

/// The arguments of an event's frame, its name first.
Json read(std::string const& text) {
    REQUIRE(text.starts_with("42"));
    return Json::parse(text.substr(2));
}

chat::Message message_of(std::string text, judge::Verdict verdict = {}) {
    auto sender = std::make_shared<chat::User>();
    sender->id = base::UserId{"u1"};
    sender->username = "ayesha";
    sender->display_name = "Ayesha \"A\"";
    chat::Message message;
    message.id = {base::RoomId{"r1"}, 7};
    message.room_name = "physics";
    message.sender = sender;
    message.text = std::move(text);
    message.verdict = std::move(verdict);
    return message;
}

judge::Verdict verdict_of(judge::Action action, double probability) {
    return {action, judge::Severity::medium, 0.7, probability, {"harassment"}, {}, "en", "case-1"};
}

}  // namespace

TEST_CASE("what a text says stays text, whatever it holds") {
    for (auto const* text : {"plain", "\"quoted\"", "back\\slash", "line\nbreak", "سلام", "</script>"}) {
        auto const message = message_of(text);
        CHECK(read(room_events::message(message))[1]["msg"] == text);
        CHECK(read(channels_events::message_received(message, "physics"))[1]["content"] == text);
        CHECK(read(messenger_events::receive_message(message, "bilal", {}))[1]["message"] == text);
    }
}

TEST_CASE("a channel is called as the receiver named it") {
    auto const message = message_of("hello");
    for (auto const* name : {"physics", "r1"}) {
        CHECK(read(channels_events::message_received(message, name))[1]["channel_id"] == name);
        CHECK(read(channels_events::user_typing("ayesha", name, true))[1]["channel_id"] == name);
    }
}

TEST_CASE("a direct message carries its mark, for both sides") {
    for (bool const is_bullying : {true, false}) {
        messenger_events::Mark const mark{is_bullying, 0.25};
        auto const sent = read(messenger_events::message_sent(message_of("x"), true, mark))[1];
        auto const received = read(messenger_events::receive_message(message_of("x"), "bilal", mark))[1];
        for (auto const& each : {sent, received}) {
            CHECK(each["is_bullying"] == is_bullying);
            CHECK(each["bullying_probability"] == 0.25);
        }
    }
}

TEST_CASE("an error says its sentence under the name that each family looks for") {
    base::Error error{base::Code::slow_mode, "Wait a moment.", std::chrono::milliseconds{1500}};
    auto const data = read(events::error(error))[1];
    for (auto const* key : {"message", "error", "msg"}) CHECK(data[key] == "Wait a moment.");
    CHECK(data["code"] == "slow_mode");
    CHECK(data["retry_after"] == 2);
    CHECK(events::ack(3, error).starts_with(R"(433[{"ok":false,)"));
    CHECK(events::ack(3) == R"(433[{"ok":true}])");
}

TEST_CASE("an alert shows the beginning of a text, whole characters of it") {
    chat::Room room;
    room.name = "physics";
    auto const message = message_of("");
    std::string text;
    for (int i = 0; i < 150; ++i) text += "ش";
    auto const alert = read(channels_events::moderation_alert(
        room, *message.sender, text, verdict_of(judge::Action::block, 0.9), nullptr, base::Timestamp{}))[1];
    CHECK(alert["content"] == text.substr(0, 200));
    CHECK(alert["action"] == "blocked");
    CHECK(alert["message_id"] == "case-1");
}

TEST_CASE("who is online, in each dialect's form") {
    CHECK(messenger_events::user_joined("ayesha") == R"(42["user_joined","ayesha"])");
    CHECK(messenger_events::user_left("ayesha") == R"(42["user_left","ayesha"])");
    CHECK(messenger_events::online_users({"a", "b"}) == R"(42["online_users",["a","b"]])");
    CHECK(messenger_events::online_users({}) == R"(42["online_users",[]])");
    CHECK(room_events::online_users(3) == R"(42["online_users",{"count":3}])");
    CHECK(channels_events::user_status("ayesha", false) ==
          R"(42["user_status",{"username":"ayesha","status":"offline"}])");
}
