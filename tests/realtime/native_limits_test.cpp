#include <future>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "realtime/house.hpp"
#include "realtime/native_gateway.hpp"

using namespace soyuz;
using namespace std::chrono_literals;
using tests::Client;
using tests::House;
using tests::Json;

namespace {

using Seqs = std::vector<base::Seq>;

void post(House& house, chat::UserPtr const& user, chat::RoomPtr const& room, std::string const& text) {
    house.messages.poster.post({user, "192.0.2.1", false}, {room, text, 0, "", {}},
                               [](auto const& result, auto const&, auto) { REQUIRE(result.ok()); });
}

}  // namespace

TEST_CASE("too many commands are refused with how long to wait, and a flood ends the connection") {
    auto options = House::unlimited();
    options.rate_limits = true;
    options.commands_per_second = 10;
    options.command_burst = 20;
    House house(options);
    Client sara(house, house.account("sara"));
    for (int i = 0; i < 21; ++i) sara.say({{"type", "ping"}, {"ref", i}});
    CHECK(sara.heard("ack").size() == 20);
    auto const refused = sara.heard("error").at(0);
    CHECK(refused["ref"] == 20);
    CHECK(refused["code"] == "rate_limited");
    CHECK(refused["retry_after"].get<double>() > 0);
    CHECK(refused["retry_after"].get<double>() < 0.2);
    house.clock.advance(1s);
    CHECK(sara.ask({{"type", "ping"}})["type"] == "ack");

    for (int i = 0; i < 1100 && sara.socket.close_code == 0; ++i) sara.say({{"type", "ping"}});
    CHECK(sara.socket.close_code == 1008);
}

TEST_CASE("a flood is one also when a command gets through now and then; somebody in a hurry is none") {
    auto options = House::unlimited();
    options.rate_limits = true;
    options.commands_per_second = 10;
    options.command_burst = 20;
    House house(options);
    Client flooder(house, house.account("flooder"));
    Client hurried(house, house.account("hurried"));
    Client binary(house, house.account("binary"));
    for (int second = 0; second < 200; ++second) {
        for (int i = 0; i < 30; ++i) flooder.say({{"type", "ping"}});
        for (int i = 0; i < 15; ++i) hurried.say({{"type", "ping"}});
        house.clock.advance(1s);
    }
    CHECK(flooder.socket.close_code == 1008);
    CHECK(hurried.socket.close_code == 0);
    for (int i = 0; i < 1100; ++i) binary.say_binary("x");
    CHECK(binary.socket.close_code == 1008);
}

TEST_CASE("what reads much counts for several commands") {
    auto options = House::unlimited();
    options.rate_limits = true;
    options.commands_per_second = 10;
    options.command_burst = 20;
    House house(options);
    auto const user = house.account("sara");
    for (int i = 0; i < 300; ++i) post(house, user, house.rooms.lobby(), "line");
    house.settle();
    auto const accepted = [&](Json const& command) {
        Client client(house, user);
        client.join("lobby");
        house.clock.advance(1min);
        client.forget();
        int count = 0;
        for (int i = 0; i < 30; ++i) {
            client.say(command);
            house.settle();
        }
        for (auto const& error : client.heard("error")) count += error["code"] == "rate_limited";
        return 30 - count;
    };
    CHECK(accepted({{"type", "ping"}, {"ref", 1}}) == 20);
    CHECK(accepted({{"type", "edit"}, {"id", "nothing"}, {"text", "x"}, {"ref", 1}}) == 10);
    CHECK(accepted({{"type", "join"}, {"room", "lobby"}, {"after", 250}, {"ref", 1}}) == 7);
    CHECK(accepted({{"type", "join"}, {"room", "lobby"}, {"after", 0}, {"ref", 1}}) == 3);
}

TEST_CASE("typing, reactions, edits and removals count in one budget of the user, whatever the connection") {
    auto options = House::unlimited();
    options.rate_limits = true;
    options.commands_per_second = 10'000;
    options.command_burst = 10'000;
    for (auto const& command : {
             Json{{"type", "typing"}, {"room", "lobby"}, {"on", true}, {"ref", 1}},
             Json{{"type", "react"}, {"id", "nothing"}, {"emoji", "x"}, {"on", true}, {"ref", 1}},
             Json{{"type", "edit"}, {"id", "nothing"}, {"text", "x"}, {"ref", 1}},
             Json{{"type", "delete"}, {"id", "nothing"}, {"ref", 1}},
         }) {
        INFO(command);
        House house(options);
        auto const user = house.account("sara");
        Client one(house, user);
        Client two(house, user, "another");
        Client other(house, house.account("omar"));
        for (auto* const client : {&one, &two, &other}) client->join("lobby");
        for (int i = 0; i < 60; ++i)
            for (auto* const client : {&one, &two}) client->say(command);
        house.settle();
        std::size_t refused = 0;
        for (auto* const client : {&one, &two})
            for (auto const& error : client->heard("error")) refused += error["code"] == "rate_limited";
        CHECK(refused == 20);
        CHECK(house.changes.take(user->id).has_value());
        CHECK_FALSE(house.changes.take(house.accounts.find_by_name("omar")->id).has_value());
    }
}

TEST_CASE("who missed more than can be sent at once is told to fetch history") {
    House house;
    auto const user = house.account("sara");
    auto const lobby = house.rooms.lobby();
    for (int i = 0; i < 250; ++i) post(house, user, lobby, std::to_string(i) + std::string(3900, 'x'));
    house.settle();
    Client sara(house, user);
    auto const join = [&](base::Seq after) {
        sara.forget();
        CHECK(sara.ask({{"type", "join"}, {"room", "lobby"}, {"after", after}})["last_seq"] >= 250);
        house.settle();
    };
    join(0);
    CHECK(sara.heard("resync").size() == 1);
    CHECK(sara.seqs().empty());
    join(150);
    CHECK(sara.heard("resync").empty());
    CHECK(sara.seqs().size() == 100);
    sara.socket.unsent = 600'000;
    join(150);
    CHECK(sara.heard("resync").size() == 1);
    CHECK(sara.seqs().empty());
    sara.forget();
    post(house, user, lobby, "next");
    house.settle();
    CHECK(sara.seqs() == Seqs{251});
}

TEST_CASE("commands that wait for a membership are bounded in number and in bytes") {
    House house;
    auto const physics = house.room(*house.account("owner", chat::Role::owner), "physics");
    for (auto const& [size, kept] : {std::pair{10U, 256U}, {60'000U, 2U}}) {
        Client sara(house, house.account("sara" + std::to_string(size)));
        sara.forget();
        std::promise<void> go_on;
        REQUIRE(house.workers.submit([&] { go_on.get_future().wait(); }));
        sara.say({{"type", "join"}, {"room", "physics"}, {"ref", 1}});
        for (int i = 0; i < 300; ++i) sara.say({{"type", "ping"}, {"ref", 2}, {"padding", std::string(size, 'x')}});
        go_on.set_value();
        CHECK(sara.heard("error").size() == 300 - kept);
        CHECK(sara.heard("error").at(0)["code"] == "overloaded");
        for (int round = 0; round < 1000 && sara.heard("ack").size() < 1 + kept; ++round) house.settle();
        CHECK(sara.heard("ack").size() == 1 + kept);
    }
}
