#include "realtime/native_gateway.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "realtime/house.hpp"

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

TEST_CASE("hello comes first and names user, server and rooms") {
    House house;
    Client sara(house, house.account("sara"));
    auto const& heard = sara.heard();
    REQUIRE(heard.size() == 1);
    CHECK(heard[0]["type"] == "hello");
    CHECK(heard[0]["user"]["username"] == "sara");
    CHECK(heard[0]["user"]["online"] == true);
    CHECK(heard[0]["server"]["version"] == "1");
    CHECK(base::parse_rfc3339(heard[0]["server"]["time"].get<std::string>()) == house.clock.now());
    REQUIRE(heard[0]["rooms"].size() == 1);
    CHECK(heard[0]["rooms"][0]["name"] == "lobby");
}

TEST_CASE("a message reaches those who joined, on each loop, and its acknowledgement waits for the commit") {
    House house;
    Client sara(house, house.account("sara"), "", 0);
    Client omar(house, house.account("omar"), "", 1);
    Client lena(house, house.account("lena"), "", 1);
    CHECK(sara.join("lobby")["type"] == "ack");
    CHECK(omar.join("lobby")["type"] == "ack");
    sara.say({{"type", "message"}, {"room", "lobby"}, {"text", "salaam"}, {"client_id", "c1"}, {"ref", 77}});
    house.run_loops();
    CHECK(sara.heard("message").empty());
    CHECK(sara.heard("ack").size() == 1);

    house.settle();
    auto const ack = sara.heard("ack").back();
    CHECK(ack["ref"] == 77);
    CHECK(ack["seq"] == 1);
    for (auto* client : {&sara, &omar}) {
        auto const messages = client->heard("message");
        REQUIRE(messages.size() == 1);
        CHECK(messages[0]["message"]["id"] == ack["id"]);
        CHECK(messages[0]["message"]["text"] == "salaam");
        CHECK(messages[0]["message"]["client_id"] == "c1");
        CHECK(messages[0]["message"]["sender"]["username"] == "sara");
    }
    CHECK(lena.heard("message").empty());
}

TEST_CASE("a message that could not be saved is answered with the error, and nobody hears it") {
    House house;
    Client sara(house, house.account("sara"));
    sara.join("lobby");
    house.store.refuse(true);
    auto const answer = sara.ask({{"type", "message"}, {"room", "lobby"}, {"text", "lost"}});
    CHECK(answer["type"] == "error");
    CHECK(answer["code"] == "read_only");
    CHECK(sara.heard("message").empty());
}

TEST_CASE("what is wrong with a command is answered, with its ref, and the connection stays") {
    House house;
    auto const owner = house.account("owner", chat::Role::owner);
    house.room(*owner, "hidden", chat::Room::Kind::private_);
    Client sara(house, house.account("sara"));
    struct Case {
        Json command;
        std::string code;
    };
    for (auto const& [command, code] : std::vector<Case>{
             {{{"type", "fly"}}, "bad_request"},
             {{{"room", "lobby"}}, "bad_request"},
             {{{"type", 5}}, "bad_request"},
             {{{"type", "join"}}, "bad_request"},
             {{{"type", "join"}, {"room", 5}}, "bad_request"},
             {{{"type", "join"}, {"room", "nowhere"}}, "unknown_room"},
             {{{"type", "join"}, {"room", "hidden"}}, "unknown_room"},
             {{{"type", "join"}, {"room", "lobby"}, {"after", -1}}, "bad_request"},
             {{{"type", "join"}, {"room", "lobby"}, {"after", "1"}}, "bad_request"},
             {{{"type", "join"}, {"room", "lobby"}, {"after", 1.5}}, "bad_request"},
             {{{"type", "leave"}, {"room", "nowhere"}}, "unknown_room"},
             {{{"type", "message"}, {"room", "lobby"}, {"text", 5}}, "bad_request"},
             {{{"type", "message"}, {"room", "lobby"}, {"text", ""}}, "invalid_value"},
             {{{"type", "message"}, {"room", "hidden"}, {"text", "hi"}}, "unknown_room"},
             {{{"type", "message"}, {"room", "lobby"}, {"text", "hi"}, {"client_id", 1}}, "bad_request"},
             {{{"type", "message"}, {"room", "lobby"}, {"text", "hi"}, {"reply_to", true}}, "bad_request"},
             {{{"type", "message"}, {"room", "lobby"}, {"text", "hi"}, {"reply_to", "else-1"}}, "not_found"},
             {{{"type", "edit"}, {"id", "lobby-99"}, {"text", "hi"}}, "not_found"},
             {{{"type", "edit"}, {"id", "nonsense"}, {"text", "hi"}}, "not_found"},
             {{{"type", "delete"}, {"id", 5}}, "bad_request"},
             {{{"type", "react"}, {"id", "lobby-1"}, {"emoji", "👍"}}, "bad_request"},
             {{{"type", "typing"}, {"room", "lobby"}, {"on", "yes"}}, "bad_request"},
             {{{"type", "typing"}, {"room", "lobby"}, {"on", true}}, "not_a_member"},
             {{{"type", "read"}, {"room", "lobby"}}, "bad_request"},
             {{{"type", "read"}, {"room", "nowhere"}, {"seq", 1}}, "unknown_room"},
         }) {
        INFO(command);
        auto const answer = sara.ask(command);
        REQUIRE(answer.is_object());
        CHECK(answer["type"] == "error");
        CHECK(answer["code"] == code);
        CHECK_FALSE(answer["message"].get<std::string>().empty());
    }
    CHECK(sara.socket.close_code == 0);
    CHECK(sara.ask({{"type", "ping"}})["type"] == "ack");
}

TEST_CASE("what is no command at all is answered by an error without ref") {
    House house;
    Client sara(house, house.account("sara"));
    for (auto const* text : {"nonsense", "[]", "5", "\"text\"", "{\"type\":\"ping\",\"type\":\"ping\"}", "",
                             "{\"type\":\"ping\",\"ref\":\"one\"}"}) {
        INFO(text);
        sara.forget();
        sara.say_text(text);
        REQUIRE(sara.heard().size() == 1);
        CHECK(sara.heard()[0]["type"] == "error");
        CHECK(sara.heard()[0]["code"] == "bad_request");
        CHECK_FALSE(sara.heard()[0].contains("ref"));
    }
}

TEST_CASE("edits, reactions and deletions are answered and reach the others") {
    House house;
    Client sara(house, house.account("sara"), "", 0);
    Client omar(house, house.account("omar"), "", 1);
    sara.join("lobby");
    omar.join("lobby");
    auto const id = sara.ask({{"type", "message"}, {"room", "lobby"}, {"text", "first"}})["id"].get<std::string>();

    CHECK(sara.ask({{"type", "edit"}, {"id", id}, {"text", "second"}})["type"] == "ack");
    CHECK(omar.heard("message_edited").at(0)["message"]["text"] == "second");
    CHECK(omar.ask({{"type", "edit"}, {"id", id}, {"text", "mine now"}})["type"] == "error");

    CHECK(omar.ask({{"type", "react"}, {"id", id}, {"emoji", "🎉"}, {"on", true}})["type"] == "ack");
    auto const reaction = sara.heard("reaction").at(0);
    CHECK(reaction["room"] == "lobby");
    CHECK(reaction["id"] == id);
    CHECK(reaction["emoji"] == "🎉");
    CHECK(reaction["username"] == "omar");
    CHECK(reaction["on"] == true);

    CHECK(sara.ask({{"type", "delete"}, {"id", id}})["type"] == "ack");
    CHECK(omar.heard("message_deleted").at(0)["id"] == id);
    CHECK(omar.heard("message_deleted").at(0)["room"] == "lobby");
}

TEST_CASE("an answer names what it answers by place or by id") {
    House house;
    Client sara(house, house.account("sara"));
    sara.join("lobby");
    auto const id = sara.ask({{"type", "message"}, {"room", "lobby"}, {"text", "question"}})["id"];
    for (auto const& reply : {Json(1), Json(id)}) {
        sara.forget();
        CHECK(sara.ask({{"type", "message"}, {"room", "lobby"}, {"text", "answer"}, {"reply_to", reply}})["type"] ==
              "ack");
        CHECK(sara.heard("message").at(0)["message"]["reply_to"] == 1);
    }
}

TEST_CASE("whoever joins a public room becomes a member; later commands wait for it in their order") {
    House house;
    auto const owner = house.account("owner", chat::Role::owner);
    auto const room = house.room(*owner, "physics");
    auto const user = house.account("sara");
    Client sara(house, user);
    CHECK_FALSE(house.rooms.is_member(user->id, *room));
    sara.say({{"type", "join"}, {"room", "physics"}, {"ref", 1}});
    sara.say({{"type", "message"}, {"room", "physics"}, {"text", "here I am"}, {"ref", 2}});
    sara.say({{"type", "ping"}, {"ref", 3}});
    house.settle();
    CHECK(house.rooms.is_member(user->id, *room));
    CHECK(sara.seqs() == Seqs{1});
    std::vector<int> refs;
    for (auto const& ack : sara.heard("ack")) refs.push_back(ack["ref"]);
    // The ping doesn't wait for the disk.
    CHECK(refs == std::vector<int>{1, 3, 2});
}

TEST_CASE("leaving stops the events of that room alone") {
    House house;
    auto const user = house.account("sara");
    auto const aside = house.room(*user, "aside");
    Client sara(house, user);
    sara.join("lobby");
    sara.join("aside");
    CHECK(sara.ask({{"type", "leave"}, {"room", "aside"}})["type"] == "ack");
    post(house, user, aside, "unheard");
    post(house, user, house.rooms.lobby(), "heard");
    house.settle();
    REQUIRE(sara.heard("message").size() == 1);
    CHECK(sara.heard("message")[0]["message"]["text"] == "heard");
    CHECK(house.rooms.is_member(user->id, *aside));
}

TEST_CASE("joining with a place brings what was missed, then the answer, then what comes") {
    House house;
    auto const user = house.account("sara");
    auto const lobby = house.rooms.lobby();
    for (int i = 0; i < 30; ++i) post(house, user, lobby, "line");
    house.settle();
    Client sara(house, user);
    sara.say({{"type", "join"}, {"room", "lobby"}, {"after", 10}, {"ref", 1}});
    for (int i = 0; i < 5; ++i) post(house, user, lobby, "meanwhile");
    house.settle();
    post(house, user, lobby, "afterwards");
    house.settle();
    Seqs expected;
    for (base::Seq seq = 11; seq <= 36; ++seq) expected.push_back(seq);
    CHECK(sara.seqs() == expected);
    CHECK(sara.heard("ack").size() == 1);
    CHECK(sara.heard("resync").empty());
}

TEST_CASE("nothing missed means nothing repeated; a place beyond the newest is the newest") {
    House house;
    auto const user = house.account("sara");
    auto const lobby = house.rooms.lobby();
    for (int i = 0; i < 3; ++i) post(house, user, lobby, "line");
    house.settle();
    for (base::Seq const after : {3, 4, 1000}) {
        Client sara(house, user);
        sara.ask({{"type", "join"}, {"room", "lobby"}, {"after", after}});
        CHECK(sara.seqs().empty());
        post(house, user, lobby, "next");
        house.settle();
        CHECK(sara.seqs().size() == 1);
    }
}

TEST_CASE("who missed too much is told to fetch history and hears what comes") {
    auto options = House::unlimited();
    options.max_missed = 20;
    House house(options);
    auto const user = house.account("sara");
    auto const lobby = house.rooms.lobby();
    for (int i = 0; i < 21; ++i) post(house, user, lobby, "line");
    house.settle();
    Client sara(house, user);
    auto const ack = sara.ask({{"type", "join"}, {"room", "lobby"}, {"after", 0}});
    CHECK(ack["last_seq"] == 21);
    CHECK(sara.heard("resync").at(0)["room"] == "lobby");
    CHECK(sara.seqs().empty());
    post(house, user, lobby, "next");
    house.settle();
    CHECK(sara.seqs() == Seqs{22});
}

TEST_CASE("every join is answered, also when the room is left or joined once more meanwhile") {
    House house;
    auto const user = house.account("sara");
    for (int i = 0; i < 5; ++i) post(house, user, house.rooms.lobby(), "line");
    house.settle();
    Client sara(house, user);
    // The only worker waits, so that history is read after both commands.
    auto const while_history_waits = [&](auto const& say) {
        std::promise<void> go_on;
        REQUIRE(house.workers.submit([&] { go_on.get_future().wait(); }));
        say();
        go_on.set_value();
        house.settle();
    };
    Json const join{{"type", "join"}, {"room", "lobby"}, {"after", 0}, {"ref", 1}};
    while_history_waits([&] {
        sara.say(join);
        sara.say({{"type", "leave"}, {"room", "lobby"}});
    });
    CHECK(sara.heard("error").at(0)["ref"] == 1);
    CHECK(sara.seqs().empty());

    sara.forget();
    while_history_waits([&] {
        sara.say(join);
        sara.say({{"type", "join"}, {"room", "lobby"}, {"after", 3}, {"ref", 2}});
    });
    CHECK(sara.heard("ack").size() == 2);
    CHECK(sara.seqs() == Seqs{4, 5});
}

TEST_CASE("joining again loses nothing that is on its way") {
    House house;
    auto const user = house.account("sara");
    Client sara(house, user);
    sara.join("lobby");
    post(house, user, house.rooms.lobby(), "on its way");
    house.store.commit_now();  // the event is posted to the loop, which has not run yet
    sara.say({{"type", "join"}, {"room", "lobby"}});
    house.settle();
    CHECK(sara.seqs() == Seqs{1});
}

TEST_CASE("an author hears of a block, a warning and a flag; the room hears only what was let through") {
    House house;
    Client sara(house, house.account("sara"));
    Client omar(house, house.account("omar"));
    Client staff(house, house.account("staff", chat::Role::moderator), "", 1);
    sara.join("lobby");
    omar.join("lobby");

    auto const refused = sara.ask({{"type", "message"}, {"room", "lobby"}, {"text", "vile words"}, {"client_id", "b"}});
    CHECK(refused["type"] == "error");
    CHECK(refused["code"] == "message_blocked");
    CHECK(refused["moderation"]["action"] == "block");
    auto const blocked = sara.heard("message_blocked").at(0);
    CHECK(blocked["room"] == "lobby");
    CHECK(blocked["severity"] == "high");
    CHECK(blocked["reasons"] == Json{"harassment"});
    CHECK(blocked["client_id"] == "b");
    CHECK(omar.heard("message").empty());
    REQUIRE(staff.heard("moderation_alert").size() == 1);
    CHECK(staff.heard("moderation_alert")[0]["username"] == "sara");
    CHECK_FALSE(staff.heard("moderation_alert")[0].contains("id"));

    CHECK(sara.ask({{"type", "message"}, {"room", "lobby"}, {"text", "damn it"}})["type"] == "ack");
    CHECK(sara.heard("moderation_warning").size() == 1);
    CHECK(sara.ask({{"type", "message"}, {"room", "lobby"}, {"text", "rude"}})["type"] == "ack");
    CHECK(sara.heard("moderation_warning").size() == 2);
    REQUIRE(staff.heard("moderation_alert").size() == 2);
    CHECK(staff.heard("moderation_alert")[1]["action"] == "flag");
    CHECK(staff.heard("moderation_alert")[1].contains("id"));
    for (auto const* type : {"message_blocked", "moderation_warning", "moderation_alert"})
        CHECK(omar.heard(type).empty());
    CHECK(omar.seqs() == Seqs{1, 2});
}

TEST_CASE("typing is told to the others once, and read marks at most once a second") {
    House house;
    Client sara(house, house.account("sara"));
    Client omar(house, house.account("omar"), "", 1);
    sara.join("lobby");
    omar.join("lobby");
    for (int i = 0; i < 5; ++i) sara.say({{"type", "typing"}, {"room", "lobby"}, {"on", true}});
    house.tick();
    REQUIRE(omar.heard("typing").size() == 1);
    CHECK(omar.heard("typing")[0] == Json{{"type", "typing"}, {"room", "lobby"}, {"username", "sara"}, {"on", true}});
    house.clock.advance(10s);
    house.tick();
    CHECK(omar.heard("typing").back()["on"] == false);

    for (int i = 0; i < 3; ++i) sara.ask({{"type", "message"}, {"room", "lobby"}, {"text", "line"}});
    for (base::Seq seq = 1; seq <= 3; ++seq) omar.say({{"type", "read"}, {"room", "lobby"}, {"seq", seq}});
    house.tick();
    auto const reads = sara.heard("read");
    auto const of_omar =
        std::count_if(reads.begin(), reads.end(), [](auto const& e) { return e["username"] == "omar"; });
    CHECK(of_omar == 1);
    CHECK(std::any_of(reads.begin(), reads.end(),
                      [](auto const& e) { return e["username"] == "omar" && e["seq"] == 3; }));
}

TEST_CASE("answers to a connection that has gone are dropped, also when its place was taken") {
    House house;
    auto const user = house.account("sara");
    auto const physics = house.room(*house.account("owner", chat::Role::owner), "physics");
    auto sara = std::make_unique<Client>(house, user);
    sara->join("lobby");
    sara->say({{"type", "message"}, {"room", "lobby"}, {"text", "last words"}, {"ref", 1}});
    sara->say({{"type", "join"}, {"room", "physics"}, {"ref", 2}});
    sara->say({{"type", "join"}, {"room", "lobby"}, {"after", 0}, {"ref", 3}});
    sara.reset();
    Client omar(house, house.account("omar"));
    omar.forget();
    house.settle();
    CHECK(omar.heard().empty());
    CHECK(house.store.last_seq(house.rooms.lobby()->id) == 1);
    CHECK(house.rooms.is_member(user->id, *physics));
}

TEST_CASE("who is muted or banned is not shown as typing, and is told why") {
    House house;
    auto const user = house.account("sara");
    Client sara(house, user);
    Client omar(house, house.account("omar"), "", 1);
    sara.join("lobby");
    omar.join("lobby");
    for (auto const& [kind, code] :
         {std::pair{moderation::Sanction::Kind::mute, "muted"}, std::pair{moderation::Sanction::Kind::ban, "banned"}}) {
        INFO(code);
        moderation::Sanction sanction;
        sanction.kind = kind;
        sanction.user = user->id;
        sanction.until = house.clock.now() + 5min;
        house.sanctions.impose(sanction);
        CHECK(sara.ask({{"type", "typing"}, {"room", "lobby"}, {"on", true}})["code"] == code);
        house.tick();
        CHECK(omar.heard("typing").empty());
        house.clock.advance(10min);
        if (kind == moderation::Sanction::Kind::ban) break;
        CHECK(sara.ask({{"type", "typing"}, {"room", "lobby"}, {"on", true}})["type"] == "ack");
        house.tick();
        CHECK(omar.heard("typing").size() == 1);
        sara.ask({{"type", "typing"}, {"room", "lobby"}, {"on", false}});
        house.tick();
        omar.forget();
    }
}
