#include "chat/sessions/sessions.hpp"

#include <atomic>
#include <set>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/random.hpp"
#include "chat/sessions/jwt.hpp"
#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

namespace {

constexpr auto browser = Session::Kind::browser;
constexpr auto token = Session::Kind::token;
constexpr char secret[] = "a secret of at least thirty-two bytes";

std::string forge(std::string const& header, std::string const& payload, std::string_view key) {
    auto const text = base::base64url(header) + '.' + base::base64url(payload);
    return text + '.' + base::base64url(hmac(key, text));
}

}  // namespace

TEST_CASE("sessions of browsers and programs survive a restart, and end at once") {
    World world;
    auto const sara = world.user("sara");
    auto const cookie = *world->sessions.open(*sara, browser, "Firefox");
    auto const jwt = *world->sessions.open(*sara, token, "curl");
    world.restart();
    auto const found = world->sessions.find_by_cookie(cookie.token);
    REQUIRE(found);
    CHECK(found->user->username == "sara");
    CHECK(found->session.agent == "Firefox");
    CHECK(found->session.kind == browser);
    CHECK(world->sessions.find_by_jwt(jwt.token)->session.id == jwt.session.id);
    CHECK_FALSE(world->sessions.find_by_jwt(cookie.token));
    CHECK_FALSE(world->sessions.find_by_cookie(jwt.token));
    CHECK_FALSE(world->sessions.find_by_cookie(""));
    world.store.each_document("sessions", [&](auto const&, nlohmann::json const& value) {
        CHECK(value.dump().find(cookie.token) == std::string::npos);
    });

    std::vector<SessionEnd> ends;
    world->sessions.on_ended = [&](auto const& ended, SessionEnd why) { ends.insert(ends.end(), ended.size(), why); };
    CHECK(world->sessions.end(jwt.session.id, SessionEnd::signed_out));
    CHECK(world->sessions.end(jwt.session.id, SessionEnd::signed_out));
    CHECK_FALSE(world->sessions.find_by_jwt(jwt.token));
    CHECK(world->sessions.end_all(sara->id, SessionEnd::banned));
    CHECK_FALSE(world->sessions.find_by_cookie(cookie.token));
    CHECK(ends == std::vector<SessionEnd>{SessionEnd::signed_out, SessionEnd::banned});
    world.restart();
    CHECK_FALSE(world->sessions.find_by_jwt(jwt.token));
    CHECK_FALSE(world->sessions.find_by_cookie(cookie.token));
}

TEST_CASE("a token that was tampered with is none") {
    World world;
    auto const sara = world.user("sara");
    auto const omar = world.user("omar");
    auto const opened = *world->sessions.open(*sara, token, "");
    auto const own_cookie = *world->sessions.open(*sara, browser, "");
    auto const now = std::chrono::floor<std::chrono::seconds>(world.clock.now()).time_since_epoch().count();
    auto const payload = [&](std::string const& subject, std::string const& id, long long expires) {
        return nlohmann::json{{"sub", subject}, {"jti", id}, {"iat", now}, {"exp", expires}}.dump();
    };
    std::string const header = R"({"alg":"HS256","typ":"JWT"})";
    auto const id = opened.session.id.value;
    auto const good = payload("sara", id, now + 60);
    REQUIRE(world->sessions.find_by_jwt(forge(header, good, secret)));
    REQUIRE(world->sessions.find_by_jwt(forge(R"({"alg":"HS256"})", good, secret)));

    auto const valid = forge(header, good, secret);
    auto const unsigned_part = valid.substr(0, valid.rfind('.'));
    std::map<std::string, std::string> const forged{
        {"another key", forge(header, good, "another secret of thirty-two bytes")},
        {"an empty key", forge(header, good, "")},
        {"alg none, no signature", base::base64url(R"({"alg":"none"})") + '.' + base::base64url(good) + '.'},
        {"alg none, signed", forge(R"({"alg":"none"})", good, secret)},
        {"alg in another case", forge(R"({"alg":"hs256"})", good, secret)},
        {"alg HS512", forge(R"({"alg":"HS512"})", good, secret)},
        {"no alg", forge(R"({"typ":"JWT"})", good, secret)},
        {"alg twice", forge(R"({"alg":"none","alg":"HS256"})", good, secret)},
        {"a critical extension", forge(R"({"alg":"HS256","crit":["b64"],"b64":false})", good, secret)},
        {"a header that is a list", forge(R"(["HS256"])", good, secret)},
        {"no signature", unsigned_part + '.'},
        {"two parts", unsigned_part},
        {"four parts", valid + ".x"},
        {"a longer signature", valid + "A"},
        {"padding", valid + "="},
        {"a cut signature", valid.substr(0, valid.size() - 1)},
        {"a space", valid + " "},
        {"another user", forge(header, payload("omar", id, now + 60), secret)},
        {"another case", forge(header, payload("Sara", id, now + 60), secret)},
        {"another session", forge(header, payload("sara", "nosuchsession", now + 60), secret)},
        {"a browser's session", forge(header, payload("sara", own_cookie.session.id.value, now + 60), secret)},
        {"expired", forge(header, payload("sara", id, now), secret)},
        {"a negative end", forge(header, payload("sara", id, -1), secret)},
        {"an end that is text",
         forge(header, R"({"sub":"sara","jti":")" + id + R"(","iat":1,"exp":"9999999999"})", secret)},
        {"no end", forge(header, R"({"sub":"sara","jti":")" + id + R"(","iat":1})", secret)},
        {"no subject", forge(header, R"({"jti":")" + id + R"(","iat":1,"exp":9999999999})", secret)},
        {"an end beyond time",
         forge(header, R"({"sub":"sara","jti":")" + id + R"(","iat":1,"exp":18446744073709551615})", secret)},
        {"not JSON", forge(header, "sara", secret)},
        {"nothing", ""},
        {"dots", ".."},
        {"something long", std::string(100'000, 'a') + ".a.a"},
    };
    for (auto const& [name, text] : forged) {
        INFO(name);
        CHECK_FALSE(world->sessions.find_by_jwt(text));
    }
    for (std::size_t at = 0; at < valid.size(); ++at) {
        auto changed = valid;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        INFO("byte " << at);
        CHECK_FALSE(world->sessions.find_by_jwt(changed));
    }
    REQUIRE(omar);
}

TEST_CASE("sessions expire, and expired ones are swept") {
    World world;
    auto const sara = world.user("sara");
    auto const cookie = *world->sessions.open(*sara, browser, "");
    auto const jwt = *world->sessions.open(*sara, token, "");
    CHECK(jwt.session.expires_at == world.clock.now() + 30min);
    world.clock.advance(30min - 1s);
    CHECK(world->sessions.find_by_jwt(jwt.token));
    world.clock.advance(1s);
    CHECK_FALSE(world->sessions.find_by_jwt(jwt.token));
    CHECK(world->sessions.of(sara->id).size() == 1);
    std::size_t ended = 0;
    world->sessions.on_ended = [&](auto const& sessions, SessionEnd why) {
        CHECK(why == SessionEnd::expired);
        ended += sessions.size();
    };
    world->sessions.sweep();
    CHECK(ended == 1);
    world.clock.advance(24h * 30);
    CHECK_FALSE(world->sessions.find_by_cookie(cookie.token));
    world->sessions.sweep();
    CHECK(ended == 2);
    std::size_t kept = 0;
    world.store.each_document("sessions", [&](auto const&, auto const&) { ++kept; });
    CHECK(kept == 0);
}

TEST_CASE("one user's sessions are bounded: the oldest ends") {
    World world;
    auto const sara = world.user("sara");
    std::vector<Sessions::Opened> opened;
    std::size_t ended = 0;
    world->sessions.on_ended = [&](auto const& sessions, SessionEnd) { ended += sessions.size(); };
    for (int i = 0; i < 52; ++i) {
        opened.push_back(*world->sessions.open(*sara, browser, ""));
        world.clock.advance(1s);
    }
    CHECK(ended == 2);
    CHECK(world->sessions.of(sara->id).size() == 50);
    CHECK_FALSE(world->sessions.find_by_cookie(opened[0].token));
    CHECK_FALSE(world->sessions.find_by_cookie(opened[1].token));
    CHECK(world->sessions.find_by_cookie(opened[2].token));
}

TEST_CASE("a session that could not be written doesn't exist") {
    World world;
    auto const sara = world.user("sara");
    world.store.refuse(true);
    CHECK(code_of(world->sessions.open(*sara, browser, "")) == "read_only");
    CHECK(world->sessions.of(sara->id).empty());
}

TEST_CASE("all but one session end, and a deleted account has none") {
    World world;
    auto const sara = world.user("sara");
    auto const kept = *world->sessions.open(*sara, browser, "");
    auto const other = *world->sessions.open(*sara, browser, "");
    CHECK(world->sessions.end_all(sara->id, SessionEnd::password_changed, kept.session.id));
    CHECK(world->sessions.find_by_cookie(kept.token));
    CHECK_FALSE(world->sessions.find_by_cookie(other.token));
    CHECK(world->accounts.remove(sara->id));
    CHECK_FALSE(world->sessions.find_by_cookie(kept.token));
    world.restart();
    CHECK(world->sessions.of(sara->id).empty());
}

TEST_CASE("a form's token is bound to its session") {
    World world;
    auto const sara = world.user("sara");
    auto const one = world->sessions.open(*sara, browser, "")->session.id;
    auto const other = world->sessions.open(*sara, browser, "")->session.id;
    auto const csrf = world->sessions.csrf_token(one);
    CHECK(csrf.size() == 43);
    CHECK(world->sessions.csrf_token_matches(one, csrf));
    CHECK_FALSE(world->sessions.csrf_token_matches(other, csrf));
    CHECK_FALSE(world->sessions.csrf_token_matches(one, ""));
    CHECK_FALSE(world->sessions.csrf_token_matches(one, csrf.substr(1)));
    world.restart();
    CHECK(world->sessions.csrf_token_matches(one, csrf));
}

TEST_CASE("a ticket opens one socket within thirty seconds") {
    World world;
    auto const sara = world.user("sara");
    auto const session = world->sessions.open(*sara, browser, "")->session.id;
    auto& sessions = world->sessions;
    auto const ticket = sessions.new_ticket(session);
    CHECK(sessions.redeem_ticket(ticket)->user->username == "sara");
    CHECK_FALSE(sessions.redeem_ticket(ticket));
    CHECK_FALSE(sessions.redeem_ticket("nonsense"));

    auto const late = sessions.new_ticket(session);
    world.clock.advance(30s);
    CHECK_FALSE(sessions.redeem_ticket(late));
    auto const ended = sessions.new_ticket(session);
    auto const first = sessions.new_ticket(session);
    for (int i = 0; i < 8; ++i) sessions.new_ticket(session);
    CHECK_FALSE(sessions.redeem_ticket(first));
    auto const newest = sessions.new_ticket(session);
    CHECK(sessions.end(session, SessionEnd::signed_out));
    CHECK_FALSE(sessions.redeem_ticket(newest));
    CHECK_FALSE(sessions.redeem_ticket(ended));
}

TEST_CASE("use is noted by the hour") {
    World world;
    auto const sara = world.user("sara");
    auto const id = world->sessions.open(*sara, browser, "")->session.id;
    auto const start = world.clock.now();
    world.clock.advance(59min);
    world->sessions.touch(id);
    CHECK(world->sessions.of(sara->id)[0].last_seen == start);
    world.clock.advance(1min);
    world->sessions.touch(id);
    world.restart();
    CHECK(world->sessions.of(sara->id)[0].last_seen == start + 1h);
}

TEST_CASE("what a client calls itself is cut to whole characters") {
    World world;
    auto const sara = world.user("sara");
    auto const agent = [&](std::string const& text) { return world->sessions.open(*sara, token, text)->session.agent; };
    CHECK(agent(std::string(300, 'x')) == std::string(200, 'x'));
    CHECK(agent(std::string(199, 'x') + "\xC3\xA4") == std::string(199, 'x'));
    CHECK(agent("\xFF").empty());
    CHECK(agent("a\nb") == "a b");
}

TEST_CASE("sessions opened and ended by many threads leave disk and memory agreed") {
    World world;
    auto const sara = world.user("sara");
    std::atomic<int> failures = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 50; ++i) {
                if (thread < 3) {
                    auto const opened = world->sessions.open(*sara, browser, "");
                    if (opened) static_cast<void>(world->sessions.find_by_cookie(opened->token));
                } else {
                    failures += !world->sessions.end_all(sara->id, SessionEnd::banned).ok();
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(failures == 0);
    std::set<std::string> in_memory, on_disk;
    for (auto const& session : world->sessions.of(sara->id)) in_memory.insert(session.id.value);
    world.store.settle();
    world.store.each_document("sessions", [&](std::string const& id, auto const&) { on_disk.insert(id); });
    CHECK(in_memory == on_disk);
}

TEST_CASE("a refresh token gives the next one, once") {
    World world;
    auto const sara = world.user("sara");
    auto const first = *world->sessions.open_with_refresh(*sara, "phone");
    CHECK(world->sessions.find_by_jwt(first.token)->user->username == "sara");
    CHECK_FALSE(world->sessions.find_by_jwt(first.refresh_token));
    CHECK(world->sessions.find_by_refresh_token(first.refresh_token));

    auto const second = world->sessions.refresh(first.refresh_token);
    REQUIRE(second);
    CHECK(second->session.id == first.session.id);
    CHECK(second->refresh_token != first.refresh_token);
    CHECK(world->sessions.find_by_jwt(second->token));
    CHECK_FALSE(world->sessions.find_by_refresh_token(first.refresh_token));
    world.clock.advance(31min);
    CHECK_FALSE(world->sessions.find_by_jwt(second->token));
    world.restart();
    auto const third = world->sessions.refresh(second->refresh_token);
    REQUIRE(third);

    SECTION("one that comes again ends the session with all its tokens") {
        CHECK(code_of(world->sessions.refresh(first.refresh_token)) == "not_signed_in");
        CHECK_FALSE(world->sessions.find_by_jwt(third->token));
        CHECK(code_of(world->sessions.refresh(third->refresh_token)) == "not_signed_in");
        CHECK(world->sessions.of(sara->id).empty());
    }
    SECTION("it is good for thirty days after its last use") {
        world.clock.advance(24h * 29);
        auto const fourth = world->sessions.refresh(third->refresh_token);
        REQUIRE(fourth);
        world.clock.advance(24h * 31);
        CHECK(code_of(world->sessions.refresh(fourth->refresh_token)) == "not_signed_in");
    }
    SECTION("what was forged or cut is none") {
        auto wrong = third->refresh_token;
        wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
        for (auto const& each : {wrong, std::string{}, std::string{"."}, third->token, third->session.id.value + ".2."})
            CHECK(code_of(world->sessions.refresh(each)) == "not_signed_in");
        CHECK(world->sessions.refresh(third->refresh_token));
    }
}
