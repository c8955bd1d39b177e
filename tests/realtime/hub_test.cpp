#include "realtime/hub.hpp"

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "realtime/announcer.hpp"
#include "realtime/house.hpp"

using namespace soyuz;
using namespace std::chrono_literals;
using tests::Client;
using tests::House;
using tests::Json;

namespace {

moderation::Sanction sanction(moderation::Sanction::Kind kind, chat::User const& user, base::Timestamp until) {
    return {kind, user.id, until, "Rule 2", "staff", {}};
}

chat::Session session(std::string const& id) {
    chat::Session session;
    session.id = chat::SessionId{id};
    return session;
}

}  // namespace

TEST_CASE("a group commit is one post to each loop that has followers, however many messages it holds") {
    House house;
    auto const user = house.account("sara");
    Client sara(house, user, "", 0);
    sara.join("lobby");
    Client elsewhere(house, house.account("omar"), "", 1);
    house.settle();
    auto const before = std::pair{house.loops[0].posts, house.loops[1].posts};
    for (int i = 0; i < 50; ++i) sara.say({{"type", "message"}, {"room", "lobby"}, {"text", "line"}});
    house.store.commit_now();
    CHECK(house.loops[0].posts - before.first == 1);
    CHECK(house.loops[1].posts == before.second);
    house.run_loops();
    CHECK(sara.seqs().size() == 50);
    CHECK(house.announcer.figures().deliveries == 50);
    CHECK(house.announcer.figures().connections == 2);
}

TEST_CASE("an answer comes with its group commit, or at once where no commit ends") {
    using Texts = std::vector<std::string>;
    base::ManualClock clock;
    tests::FakeLoop loop;
    realtime::Hub hub({&loop}, clock);
    tests::FakeSocket socket(loop);
    realtime::Connection connection;
    connection.socket = &socket;
    connection.user = std::make_shared<chat::User const>();
    REQUIRE(hub.add(connection));

    hub.answer(connection.handle, "first", realtime::Delivery::with_group);
    hub.answer(connection.handle, "second", realtime::Delivery::with_group);
    loop.run();
    CHECK(socket.take().empty());
    hub.flush();
    loop.run();
    CHECK(socket.sends == 1);
    CHECK(socket.take() == Texts{"first", "second"});

    hub.answer(connection.handle, "from a worker", realtime::Delivery::at_once);
    CHECK(socket.take().empty());
    loop.run();
    CHECK(socket.take() == Texts{"from a worker"});
    loop.run([&] {
        hub.answer(connection.handle, "on its loop", realtime::Delivery::at_once);
        CHECK(socket.take() == Texts{"on its loop"});
    });
    hub.remove(connection);
}

TEST_CASE("sockets of ended sessions close and say why; others of the same user stay") {
    struct Case {
        chat::SessionEnd why;
        std::uint16_t code;
        std::string reason;
    };
    for (auto const& [why, code, reason] :
         {Case{chat::SessionEnd::signed_out, 4001, "signed_out"},
          Case{chat::SessionEnd::password_changed, 4001, "password_changed"},
          Case{chat::SessionEnd::expired, 4001, "expired"}, Case{chat::SessionEnd::banned, 4003, "banned"}}) {
        INFO(reason);
        House house;
        auto const user = house.account("sara");
        Client ended(house, user, "one", 1);
        Client stays(house, user, "two", 0);
        house.announcer.sessions_ended({session("one")}, why);
        house.run_loops();
        CHECK(ended.socket.close_code == code);
        CHECK(ended.socket.close_reason == reason);
        CHECK(stays.socket.close_code == 0);
    }
}

TEST_CASE("a kick is told and closes every socket of the account, and none opens meanwhile") {
    House house;
    auto const user = house.account("sara");
    Client one(house, user, "one", 0);
    Client two(house, user, "two", 1);
    Client omar(house, house.account("omar"), "", 1);
    bool is_out = false;
    house.announcer.hub().keeps_out = [&](base::UserId const& id) { return is_out && id == user->id; };

    is_out = true;
    auto const until = house.clock.now() + 5min;
    CHECK(house.announcer.kicked({user->id, until, "Too loud"}) == 2);
    house.run_loops();
    for (auto* client : {&one, &two}) {
        CHECK(client->heard("kicked").at(0)["reason"] == "Too loud");
        CHECK(client->heard("kicked").at(0)["until"] == base::to_rfc3339(until));
        CHECK(client->socket.close_code == 4004);
    }
    CHECK(omar.socket.close_code == 0);
    Client late(house, user, "three");
    CHECK(late.socket.close_code != 0);
    is_out = false;
    Client again(house, user, "four");
    CHECK(again.socket.close_code == 0);
}

TEST_CASE("a socket whose session ended during its handshake closes at once") {
    House house;
    auto const user = house.account("sara");
    house.announcer.sessions_ended({session("one")}, chat::SessionEnd::signed_out);
    house.run_loops();
    Client late(house, user, "one");
    CHECK(late.socket.close_code == 4001);
    late.close();
    Client other(house, user, "two");
    CHECK(other.socket.close_code == 0);
}

TEST_CASE("a ban is told and closes every socket of the account; a mute is only told") {
    House house;
    auto const user = house.account("sara");
    Client one(house, user, "one", 0);
    Client two(house, user, "two", 1);
    Client omar(house, house.account("omar"), "", 1);
    auto const until = house.clock.now() + 5min;

    house.announcer.sanction_imposed(sanction(moderation::Sanction::Kind::mute, *user, until));
    house.run_loops();
    for (auto* client : {&one, &two}) {
        CHECK(client->heard("muted").at(0)["until"] == base::to_rfc3339(until));
        CHECK(client->socket.close_code == 0);
    }
    house.announcer.sanction_lifted(user->id, moderation::Sanction::Kind::mute);
    house.run_loops();
    CHECK(one.heard("unmuted").size() == 1);

    // The spam window's own ends writing alone.
    auto flood = sanction(moderation::Sanction::Kind::ban, *user, until);
    flood.by.clear();
    house.announcer.sanction_imposed(flood);
    house.announcer.sanction_lifted(user->id, moderation::Sanction::Kind::ban);
    house.run_loops();
    for (auto* client : {&one, &two}) {
        CHECK(client->heard("banned").at(0)["automatic"] == true);
        CHECK(client->heard("unbanned").size() == 1);
        CHECK(client->socket.close_code == 0);
        client->forget();
    }

    house.announcer.sanction_imposed(sanction(moderation::Sanction::Kind::ban, *user, until));
    house.run_loops();
    for (auto* client : {&one, &two}) {
        CHECK(client->heard("banned").at(0)["until"] == base::to_rfc3339(until));
        CHECK(client->heard("banned").at(0)["reason"] == "Rule 2");
        CHECK(client->socket.close_code == 4003);
    }
    CHECK(omar.heard("muted").empty());
    CHECK(omar.heard("banned").empty());
    CHECK(omar.socket.close_code == 0);
}

TEST_CASE("presence is told at most once a second, with who came and who went") {
    House house;
    Client sara(house, house.account("sara"));
    sara.join("lobby");
    house.tick();
    sara.forget();
    auto omar = std::make_unique<Client>(house, house.account("omar"), "", 1);
    auto lena = std::make_unique<Client>(house, house.account("lena"), "", 1);
    CHECK(house.announcer.online_count() == 3);
    house.run_loops();
    CHECK(sara.heard("presence").empty());
    house.tick();
    REQUIRE(sara.heard("presence").size() == 1);
    auto const came = sara.heard("presence")[0];
    CHECK(came["room"] == "lobby");
    CHECK(came["online"] == 3);
    CHECK(came["joined"].size() == 2);
    CHECK_FALSE(came.contains("left"));

    house.tick();
    CHECK(sara.heard("presence").size() == 1);
    omar.reset();
    house.clock.advance(1s);
    house.tick();
    CHECK(sara.heard("presence").size() == 1);
    house.clock.advance(5s);
    house.tick();
    REQUIRE(sara.heard("presence").size() == 2);
    CHECK(sara.heard("presence")[1]["left"] == Json{"omar"});
    CHECK(sara.heard("presence")[1]["online"] == 2);
    CHECK(house.announcer.is_online(house.accounts.find_by_name("lena")->id));
    CHECK_FALSE(house.announcer.is_online(house.accounts.find_by_name("omar")->id));
}

TEST_CASE("presence in a private room counts its members alone") {
    House house;
    auto const owner = house.account("owner", chat::Role::owner);
    auto const room = house.room(*owner, "staffroom", chat::Room::Kind::private_);
    Client here(house, owner);
    Client other(house, house.account("omar"));
    CHECK(here.join("staffroom")["online"] == 1);
    CHECK(here.join("lobby")["online"] == 2);
}

TEST_CASE("who is put out of a room hears why and nothing more of it") {
    House house;
    auto const owner = house.account("owner", chat::Role::owner);
    auto const user = house.account("sara");
    auto const room = house.room(*owner, "physics");
    Client sara(house, user, "", 1);
    Client teacher(house, owner);
    sara.join("physics");
    teacher.join("physics");
    REQUIRE(house.rooms.expel(*owner, user->id, room->id).ok());
    house.settle();
    CHECK(sara.heard("kicked").at(0)["room"] == "physics");
    CHECK(sara.socket.close_code == 0);
    teacher.ask({{"type", "message"}, {"room", "physics"}, {"text", "among ourselves"}});
    CHECK(sara.heard("message").empty());
    CHECK(teacher.seqs().size() == 1);
    house.tick();
    CHECK(teacher.heard("presence").back()["left"] == Json{"sara"});
}

TEST_CASE("a room that becomes private or goes is heard no longer by those outside") {
    House house;
    auto const owner = house.account("owner", chat::Role::owner);
    auto const room = house.room(*owner, "physics");
    Client teacher(house, owner);
    teacher.join("physics");
    Client sara(house, house.account("sara"), "", 1);
    sara.join("physics");

    chat::Rooms::RoomChange change;
    change.title = "Physics 7b";
    REQUIRE(house.rooms.change(*owner, room->id, change).ok());
    house.settle();
    CHECK(sara.heard("room_changed").at(0)["room"]["title"] == "Physics 7b");

    REQUIRE(house.rooms.remove(*owner, room->id).ok());
    house.settle();
    CHECK(sara.heard("room_removed").at(0)["room"] == "physics");
    CHECK(teacher.ask({{"type", "message"}, {"room", "physics"}, {"text", "anyone?"}})["code"] == "unknown_room");
}

TEST_CASE("a changed profile is shown with the next message, and told to all") {
    House house;
    auto const user = house.account("sara");
    house.accounts.on_changed = [&](chat::UserPtr const& changed) { house.announcer.profile_changed(changed); };
    Client sara(house, user);
    Client omar(house, house.account("omar"), "", 1);
    sara.join("lobby");
    chat::Accounts::ProfileChange change;
    change.display_name = "Sara K.";
    house.clock.advance(1min);
    REQUIRE(house.accounts.change_profile(user->id, change).ok());
    house.run_loops();
    REQUIRE(omar.heard("user_changed").size() == 1);
    CHECK(omar.heard("user_changed")[0]["user"]["display_name"] == "Sara K.");
    sara.ask({{"type", "message"}, {"room", "lobby"}, {"text", "hello"}});
    CHECK(sara.heard("message").at(0)["message"]["sender"]["display_name"] == "Sara K.");
}

TEST_CASE("a notice goes to a room's followers, or to everybody") {
    House house;
    Client sara(house, house.account("sara"));
    Client omar(house, house.account("omar"), "", 1);
    sara.join("lobby");
    house.announcer.notice(house.rooms.lobby().get(), "Five minutes left.", "info");
    house.announcer.notice(nullptr, "The server restarts soon.", "warning");
    house.run_loops();
    REQUIRE(sara.heard("system").size() == 2);
    CHECK(omar.heard("system") ==
          std::vector<Json>{{{"type", "system"}, {"text", "The server restarts soon."}, {"level", "warning"}}});
}

TEST_CASE("the other side of a new conversation hears of it") {
    House house;
    auto const sara = house.account("sara");
    auto const omar = house.account("omar");
    Client socket(house, omar, "", 1);
    REQUIRE(house.rooms.direct(*sara, *omar).ok());
    house.settle();
    REQUIRE(socket.heard("room_added").size() == 1);
    CHECK(socket.heard("room_added")[0]["room"]["kind"] == "direct");
}
