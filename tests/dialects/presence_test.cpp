#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "chat/observers.hpp"
#include "dialects/announcer.hpp"
#include "dialects/topics.hpp"
#include "realtime/house.hpp"

using namespace soyuz;
using namespace std::chrono_literals;
using realtime::Dialect;
using tests::FakeSocket;
using tests::House;

namespace {

/// A connection that keeps what it hears in one dialect.
struct Listener : realtime::Connection {
    Listener(House& the_house, chat::UserPtr who, Dialect in) : house(the_house), own(the_house.loops[0]) {
        user = std::move(who);
        session = chat::SessionId{"session-" + user->username};
        dialect = in;
        socket = &own;
        house.announcer.hub().add(*this);
        house.announcer.hub().follow(*this, dialects::topics::everybody(), "", 0, in);
        house.announcer.hub().follow(*this, dialects::topics::of_account(user->id), "", 0, in);
    }
    ~Listener() override { leave(); }
    void leave() {
        if (socket != nullptr) house.announcer.hub().remove(*this);
        socket = nullptr;
    }
    House& house;
    FakeSocket own;
};

/// Events without their offsets.
std::vector<std::string> told(Listener& listener) {
    std::vector<std::string> events;
    for (auto const& text : listener.own.take()) {
        auto event = nlohmann::json::parse(text.substr(2));
        event.erase(event.size() - 1);
        events.push_back(event.dump());
    }
    return events;
}

struct Dialects : House {
    Dialects()
        : in_dialects(announcer.hub(), announcer.news(), loops[0], accounts, rooms, screening, clock),
          observers({&announcer, &in_dialects}) {
        messages.observe(observers);
    }
    void pass() {
        loops[0].let_pass(250ms);
        run_loops();
    }
    dialects::Announcer in_dialects;
    chat::Observers observers;
};

}  // namespace

TEST_CASE("messengers hear who came and went, once, and not of those who only looked in") {
    using Events = std::vector<std::string>;
    Dialects house;
    auto const ayesha = house.account("ayesha");
    auto const bilal = house.account("bilal");
    Listener first(house, ayesha, Dialect::messenger);
    house.pass();
    CHECK(told(first) == Events{R"(["user_joined","ayesha"])", R"(["online_users",["ayesha"]])"});
    house.pass();
    CHECK(told(first).empty());
    {
        Listener second(house, bilal, Dialect::channels);
        Listener again(house, bilal, Dialect::channels);
        house.pass();
        CHECK(told(first) == Events{R"(["user_joined","bilal"])", R"(["online_users",["ayesha","bilal"]])"});
        again.leave();
        house.pass();
        CHECK(told(first).empty());
    }
    house.pass();
    CHECK(told(first) == Events{R"(["user_left","bilal"])", R"(["online_users",["ayesha"]])"});
    { Listener glimpse(house, bilal, Dialect::channels); }
    house.pass();
    CHECK(told(first).empty());
}

TEST_CASE("each dialect hears a message in its own form, and native connections as before") {
    Dialects house;
    auto const ayesha = house.account("ayesha");
    auto const bilal = house.account("bilal");
    tests::Client native(house, ayesha);
    REQUIRE(native.join("lobby")["type"] == "ack");
    Listener room(house, bilal, Dialect::room);
    Listener by_name(house, bilal, Dialect::channels);
    Listener by_id(house, bilal, Dialect::channels);
    auto const lobby = house.rooms.lobby();
    auto& hub = house.announcer.hub();
    CHECK(hub.follow(room, *lobby, 0, Dialect::room));
    CHECK(hub.follow(by_name, *lobby, 0, Dialect::channels));
    CHECK_FALSE(hub.follow(by_name, *lobby, 0, Dialect::channels_by_id));
    CHECK(hub.follow(by_id, *lobby, 0, Dialect::channels_by_id));
    house.pass();
    for (auto* each : {&room, &by_name, &by_id}) each->own.take();

    REQUIRE(native.ask({{"type", "message"}, {"room", "lobby"}, {"text", "hello"}})["type"] == "ack");
    CHECK(native.heard("message").size() == 1);
    auto const heard = [](Listener& listener) {
        auto const all = listener.own.take();
        REQUIRE(all.size() == 1);
        return nlohmann::json::parse(all[0].substr(2));
    };
    CHECK(heard(room)[1]["msg"] == "hello");
    CHECK(heard(by_name)[1]["channel_id"] == "lobby");
    CHECK(heard(by_id)[1]["channel_id"] == lobby->id.value);

    // Whoever leaves one dialect's audience leaves the others' as they are.
    CHECK(hub.unfollow(by_name, lobby->id));
    CHECK_FALSE(hub.is_followed(lobby->id, Dialect::channels));
    CHECK(hub.is_followed(lobby->id, Dialect::channels_by_id));
    CHECK(hub.is_followed(lobby->id));
}

TEST_CASE("a direct message comes to the receiver's messengers and to both sides' channels") {
    Dialects house;
    auto const ayesha = house.account("ayesha");
    auto const bilal = house.account("bilal");
    Listener hers(house, ayesha, Dialect::messenger);
    Listener his(house, bilal, Dialect::messenger);
    Listener her_channels(house, ayesha, Dialect::channels);
    house.pass();
    for (auto* each : {&hers, &his, &her_channels}) each->own.take();
    auto const room = *house.rooms.direct(*ayesha, *bilal);
    house.messages.poster.post({ayesha, "192.0.2.1", false}, {room, "hello", 0, "", {}}, [](auto&&...) {});
    house.settle();
    CHECK(hers.own.take().empty());
    auto const heard = his.own.take();
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].starts_with(R"(42["receive_message",{)"));
    CHECK(her_channels.own.take().size() == 1);
}
