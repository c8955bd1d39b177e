#include "contract/shapes.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/messages/messages.hpp"
#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;
using namespace soyuz::contract;

TEST_CASE("a message's shape is that of the contract") {
    World world;
    auto const sara = world.user("sara");
    auto const first = world.post(sara, "first");
    auto const posted = *world
                             .post(sara, {world->rooms.lobby(),
                                          "say \"hi\" @sara",
                                          1,
                                          "c-9",
                                          {{"f.png", "a \"b\".png", "image/png", 12, 0, 0, ""}}})
                             .result;
    auto const json = message_json(*posted, world->accounts);
    CHECK(json == nlohmann::json::parse(R"({"id":")" + posted->id.room.value + R"(-2","room":"lobby","seq":2,
        "sender":{"id":")" + sara->id.value +
                                        R"(","username":"sara","display_name":"sara","avatar_url":null},
        "text":"say \"hi\" @sara","sent_at":"2023-11-14T22:13:20.000Z","reply_to":1,"mentions":["sara"],"reactions":{},
        "attachments":[{"url":"/uploads/f.png","name":"a \"b\".png","type":"image/png","bytes":12}],"client_id":"c-9",
        "moderation":{"action":"allow","severity":"none","score":0,"reasons":[]}})"));
    // As it is read back from disk it is the same.
    CHECK(message_json(**world->messages.history.find(*sara, posted->id), world->accounts) == json);

    REQUIRE(world->accounts.remove(sara->id));
    auto const later = message_json(**world->messages.history.find(*world.user("omar"), posted->id), world->accounts);
    CHECK(later["sender"]["display_name"] == "Deleted account");
    CHECK(later["sender"]["username"] == "deleted");
}

TEST_CASE("a live message has what is needed, an answer has every member") {
    World world;
    auto const sara = world.user("sara");
    auto const members_of = [&](Message const& message, MessageMembers members) {
        std::string text;
        append_message_json(text, message, world->accounts, members);
        std::vector<std::string> names;
        auto const json = nlohmann::json::parse(text);
        for (auto const& [name, value] : json.items()) names.push_back(name);
        return names;
    };
    using Names = std::vector<std::string>;
    auto const plain = *world.post(sara, "hello").result;
    CHECK(members_of(*plain, MessageMembers::needed) == Names{"id", "room", "sender", "sent_at", "seq", "text"});
    CHECK(members_of(*plain, MessageMembers::all) == Names{"attachments", "id", "mentions", "moderation", "reactions",
                                                           "room", "sender", "sent_at", "seq", "text"});

    auto rich = *plain;
    rich.mentions = {"sara"};
    rich.reactions["👍"] = {sara->id};
    rich.attachments = {{"f.png", "f.png", "image/png", 12, 640, 480, "A boat"}};
    rich.verdict.action = judge::Action::warn;
    CHECK(members_of(rich, MessageMembers::needed) == members_of(rich, MessageMembers::all));

    // So is a display name of one's own; the username stands for it where there is none.
    auto const sender_of = [&](Message const& message, MessageMembers members) {
        std::string text;
        append_message_json(text, message, world->accounts, members);
        return nlohmann::json::parse(text)["sender"];
    };
    CHECK_FALSE(sender_of(*plain, MessageMembers::needed).contains("display_name"));
    CHECK(sender_of(*plain, MessageMembers::all)["display_name"] == "sara");
    auto named = *plain;
    auto person = *plain->sender;
    person.display_name = "Sara Khan";
    named.sender = std::make_shared<User const>(person);
    CHECK(sender_of(named, MessageMembers::needed)["display_name"] == "Sara Khan");

    // A case of an allowed text is not the default: its author follows it.
    auto appealed = *plain;
    appealed.verdict.case_id = "c1";
    CHECK(members_of(appealed, MessageMembers::needed) ==
          Names{"id", "moderation", "room", "sender", "sent_at", "seq", "text"});
}

TEST_CASE("a room's shape says who may manage it") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const moderator = world.user("moderator", Role::moderator);
    auto const room = *world->rooms.create(*sara, {"garden", "", "", Room::Kind::public_, {}});
    auto const can_manage = [&](Room const& which, UserPtr const& reader) {
        return room_json(world->rooms, world->accounts, which, *reader)["can_manage"];
    };
    CHECK(can_manage(*room, sara) == true);
    CHECK(can_manage(*room, omar) == false);
    CHECK(can_manage(*room, moderator) == true);
    CHECK(can_manage(*world->rooms.lobby(), sara) == false);
}

TEST_CASE("a direct room is shown under the other one's name") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const room = *world->rooms.direct(*sara, *omar);
    REQUIRE(world.post(sara, {room, "psst", 0, {}, {}}).result);
    auto const json = room_json(world->rooms, world->accounts, *room, *omar);
    CHECK(json["kind"] == "direct");
    CHECK(json["title"] == "sara");
    CHECK(json["peer"] == "sara");
    CHECK(json["unread"] == 1);
    CHECK(json["read_seq"] == 0);
    CHECK(json["can_manage"] == false);
}

TEST_CASE("a picture is named by where it is served") {
    User user;
    CHECK(avatar_url(user).is_null());
    user.avatar = "a1.png";
    CHECK(avatar_url(user) == "/uploads/a1.png");
}
