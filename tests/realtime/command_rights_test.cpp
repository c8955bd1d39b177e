#include <array>
#include <map>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "realtime/house.hpp"
#include "realtime/native_session.hpp"

using namespace soyuz;
using tests::Client;
using tests::House;
using tests::Json;

namespace {

constexpr std::array roles{chat::Role::guest,     chat::Role::member, chat::Role::agent,
                           chat::Role::moderator, chat::Role::admin,  chat::Role::owner};

/// What a command about one place of a room ends with: "ack" or the code of an error.
struct Outcome {
    std::string_view for_members, for_staff;

    Outcome(char const* all) : for_members(all), for_staff(all) {}
    Outcome(char const* members, char const* staff) : for_members(members), for_staff(staff) {}
    std::string_view of(chat::Role role) const { return role >= chat::Role::moderator ? for_staff : for_members; }
};

struct Row {
    Json (*command)(std::string const& room, std::string const& id, base::Seq seq);
    Outcome public_room;  ///< that the caller is not in
    Outcome own_room, own_private_room;
    Outcome muted;   ///< in a room of one's own
    Outcome hidden;  ///< a private room, or two others' direct one; and a room that there is not
};

/// All commands. Messages are somebody else's.
std::map<std::string_view, Row> const rights{
    {"message",
     {[](auto const& room, auto const&, auto) {
          return Json{{"room", room}, {"text", "hello"}};
      },
      "not_a_member", "ack", "ack", "muted", "unknown_room"}},
    {"join",
     {[](auto const& room, auto const&, auto) {
          return Json{{"room", room}};
      },
      "ack", "ack", "ack", "ack", "unknown_room"}},
    {"leave",
     {[](auto const& room, auto const&, auto) {
          return Json{{"room", room}};
      },
      "ack", "ack", "ack", "ack", "unknown_room"}},
    {"edit",
     {[](auto const&, auto const& id, auto) {
          return Json{{"id", id}, {"text", "mine"}};
      },
      "forbidden", "forbidden", "forbidden", "muted", "not_found"}},
    {"delete",
     {[](auto const&, auto const& id, auto) {
          return Json{{"id", id}};
      },
      {"forbidden", "ack"},
      {"forbidden", "ack"},
      {"forbidden", "ack"},
      {"forbidden", "ack"},
      "not_found"}},
    {"react",
     {[](auto const&, auto const& id, auto) {
          return Json{{"id", id}, {"emoji", "\U0001F44D"}, {"on", true}};
      },
      "not_a_member", "ack", "ack", "muted", "not_found"}},
    {"typing",
     {[](auto const& room, auto const&, auto) {
          return Json{{"room", room}, {"on", true}};
      },
      "not_a_member", "ack", "ack", "muted", "not_a_member"}},
    {"read",
     {[](auto const& room, auto const&, auto seq) {
          return Json{{"room", room}, {"seq", seq}};
      },
      "not_a_member", "ack", "ack", "ack", "unknown_room"}},
    // No live room is among them.
    {"pulse",
     {[](auto const& room, auto const&, auto) {
          return Json{{"room", room}, {"on", true}};
      },
      {"forbidden", "unknown_room"},
      {"forbidden", "unknown_room"},
      {"forbidden", "unknown_room"},
      {"forbidden", "unknown_room"},
      {"forbidden", "unknown_room"}}},
    {"ping", {[](auto const&, auto const&, auto) { return Json::object(); }, "ack", "ack", "ack", "ack", "ack"}},
};

/// A school where `caller` is in some rooms and not in others; each has two messages of somebody else.
class School {
public:
    explicit School(chat::Role role)
        : caller_(house.account("caller", role)),
          keeper_(house.account("keeper")),
          open(fill(house.room(*keeper_, "open"))),
          own(fill(house.room(*keeper_, "own"))),
          inside(fill(house.room(*keeper_, "inside", chat::Room::Kind::private_))),
          secret(fill(house.room(*keeper_, "secret", chat::Room::Kind::private_))),
          direct(fill(*house.rooms.direct(*keeper_, *house.account("friend")))),
          client(house, caller_) {
        auto const invite = house.rooms.invites().create(*keeper_, inside->id, std::chrono::hours{1}, 1);
        REQUIRE(house.rooms.invites().redeem(*caller_, invite->code));
        for (auto const& room : {own, inside}) REQUIRE(client.join(room->name)["type"] == "ack");
    }

    Json ask(std::string_view type, Json command) {
        command["type"] = type;
        auto answer = client.ask(std::move(command));
        REQUIRE(answer.is_object());
        answer.erase("ref");
        return answer;
    }
    Json ask(std::string_view type, chat::RoomPtr const& room, base::Seq seq = 1) {
        return ask(type, rights.at(type).command(room->name, base::to_string(base::MessageId{room->id, seq}), seq));
    }
    void mute() {
        moderation::Sanction mute;
        mute.kind = moderation::Sanction::Kind::mute;
        mute.user = caller_->id;
        house.sanctions.impose(mute);
        house.settle();
    }

    House house;

private:
    chat::RoomPtr fill(chat::RoomPtr const& room) {
        for (auto const* text : {"one", "two"})
            house.messages.poster.post({keeper_, "192.0.2.1", false}, {room, text, 0, "", {}},
                                       [](auto const& result, auto const&, auto) { REQUIRE(result.ok()); });
        house.settle();
        return room;
    }

    chat::UserPtr const caller_, keeper_;

public:
    chat::RoomPtr const open, own, inside, secret, direct;
    Client client;
};

std::string outcome_of(Json const& answer) {
    return answer["type"] == "error" ? answer["code"].get<std::string>() : answer["type"].get<std::string>();
}

}  // namespace

TEST_CASE("each command has its row in the table of rights") {
    for (auto const type : realtime::native_command_types()) {
        INFO(type);
        CHECK(rights.contains(type));
    }
    CHECK(rights.size() == realtime::native_command_types().size());
}

TEST_CASE("each command does for each role what it is for, and nothing else") {
    for (auto const role : roles) {
        for (auto const type : realtime::native_command_types()) {
            INFO(chat::name(role) << ' ' << type);
            auto const& row = rights.at(type);
            School school(role);
            CHECK(outcome_of(school.ask(type, school.open)) == row.public_room.of(role));
            CHECK(outcome_of(school.ask(type, school.own)) == row.own_room.of(role));
            CHECK(outcome_of(school.ask(type, school.inside)) == row.own_private_room.of(role));
            if (type == "leave") school.client.join("own");
            school.mute();
            CHECK(outcome_of(school.ask(type, school.own, 2)) == row.muted.of(role));
        }
    }
}

TEST_CASE("what a command says of a hidden room is what it says of none, to every role") {
    for (auto const role : roles) {
        School school(role);
        for (auto const type : realtime::native_command_types()) {
            INFO(chat::name(role) << ' ' << type);
            auto const& row = rights.at(type);
            auto const absent = school.ask(type, row.command("nowhere", "abcdefghijkl-1", 1));
            if (type != "ping") CHECK(outcome_of(absent) == row.hidden.of(role));
            auto const expected = type == "ping" ? Json{} : absent;
            for (auto const& room : {school.secret, school.direct}) {
                for (base::Seq const seq : {1U, 99U}) {
                    INFO(room->name << ' ' << seq);
                    auto const by_name = school.ask(type, room, seq);
                    if (type != "ping") CHECK(by_name == expected);
                    auto const id = base::to_string(base::MessageId{room->id, seq});
                    auto const by_id = school.ask(type, row.command(room->id.value, id, seq));
                    if (type != "ping") CHECK(by_id == expected);
                }
            }
        }
        // None of it did anything, and nothing of it was heard.
        for (auto const& room : {school.secret, school.direct}) {
            CHECK(school.house.rooms.last_seq(room->id) == 2);
            for (auto const& event : school.client.heard())
                CHECK(event.dump().find(room->id.value) == std::string::npos);
        }
    }
}
