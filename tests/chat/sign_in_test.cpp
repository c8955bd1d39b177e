#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/accounts/accounts.hpp"
#include "chat/sessions/devices.hpp"
#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

namespace {

Accounts::NewAccount account(std::string name) { return {std::move(name), "a fine passphrase", "", "", Role::member}; }

}  // namespace

TEST_CASE("wrong tries are counted by address; right ones aren't, and nobody is locked out from elsewhere") {
    World world;
    world.user("sara");
    auto const log_in = [&](char const* name, char const* password, char const* address) {
        return code_of(world->accounts.authenticate(name, password, address));
    };
    for (int i = 0; i < 20; ++i) CHECK(log_in("sara", "a fine passphrase", "192.0.2.1") == "");
    for (int i = 0; i < 5; ++i) CHECK(log_in("sara", "wrong", "192.0.2.1") == "invalid_credentials");
    for (int i = 0; i < 5; ++i) CHECK(log_in("nobody", "wrong", "192.0.2.1") == "invalid_credentials");
    // Over the limit of the address only wrong ones are refused, as long as looking at them costs little.
    CHECK(log_in("somebody", "wrong", "192.0.2.1") == "rate_limited");
    CHECK(log_in("sara", "a fine passphrase", "192.0.2.1") == "");
    for (int i = 0; i < 39; ++i)
        CHECK(log_in(("nobody" + std::to_string(i)).c_str(), "x", "192.0.2.1") == "rate_limited");
    CHECK(log_in("sara", "a fine passphrase", "192.0.2.1") == "rate_limited");
    CHECK(log_in("sara", "a fine passphrase", "::ffff:192.0.2.1") == "rate_limited");
    CHECK(log_in("sara", "a fine passphrase", "192.0.2.2") == "");
    for (int i = 0; i < 10; ++i) log_in("sara", "wrong", ("2001:db8::" + std::to_string(i)).c_str());
    CHECK(log_in("sara", "wrong", "2001:db8::ffff") == "rate_limited");
    CHECK(log_in("sara", "a fine passphrase", "2001:db8:0:1::1") == "");
    for (int i = 0; i < 30; ++i) CHECK(log_in("sara", "wrong", "") == "invalid_credentials");
    auto const limited = world->accounts.authenticate("sara", "x", "192.0.2.1");
    CHECK(limited.error().retry_after == 60s);
    world.clock.advance(1min);
    CHECK(log_in("sara", "a fine passphrase", "192.0.2.1") == "");
}

TEST_CASE("a device that signed in before is not locked out by others at its address") {
    World world;
    auto const sara = world.user("sara");
    Devices devices{world.store, world.clock};
    auto const token = devices.note("", sara->id);
    CHECK(devices.note(token, sara->id) == token);
    auto const log_in = [&](char const* name, char const* password, std::string_view cookie) {
        return code_of(world->accounts.authenticate(name, password, "192.0.2.1",
                                                    [&](auto const& user) { return devices.known(cookie, user); }));
    };
    for (int i = 0; i < 60; ++i) log_in("nobody", "wrong", "");
    for (int i = 0; i < 60; ++i) log_in("sara", "wrong", "");
    CHECK(log_in("sara", "a fine passphrase", "") == "rate_limited");
    CHECK(log_in("sara", "a fine passphrase", "made-up") == "rate_limited");
    CHECK(log_in("sara", "a fine passphrase", token) == "");
    world.store.settle();
    CHECK(Devices{world.store, world.clock}.known(token, sara->id) == devices.known(token, sara->id));
    // It has tries of its own, no more.
    for (int i = 0; i < 10; ++i) CHECK(log_in("sara", "wrong", token) == "invalid_credentials");
    CHECK(log_in("sara", "a fine passphrase", token) == "rate_limited");
    CHECK(devices.known(token, base::UserId{"omar"}).empty());
    devices.forget(sara->id);
    CHECK(devices.known(token, sara->id).empty());
}

TEST_CASE("where a class shares an address, the pair of account and address is still limited") {
    tests::CommittingStore store;
    base::ManualClock clock;
    PasswordHasher hasher{{1, 8192}};
    unsigned limit = 1000;
    Accounts accounts{store, hasher, clock, {.logins_per_address = [&] { return limit; }}};
    REQUIRE(accounts.create(account("sara")));
    REQUIRE(accounts.create(account("omar")));
    for (int i = 0; i < 10; ++i) CHECK(code_of(accounts.authenticate("sara", "wrong", "a")) == "invalid_credentials");
    CHECK(code_of(accounts.authenticate("sara", "wrong", "a")) == "rate_limited");
    CHECK(code_of(accounts.authenticate("omar", "a fine passphrase", "a")) == "");
    limit = 0;
    CHECK(code_of(accounts.authenticate("sara", "a fine passphrase", "a")) == "");
}

TEST_CASE("tries that succeed count too: thirty a minute for the pair of account and address") {
    World world;
    world.user("sara");
    world.user("omar");
    auto const log_in = [&](char const* name, char const* address) {
        return code_of(world->accounts.authenticate(name, "a fine passphrase", address));
    };
    for (int i = 0; i < 30; ++i) CHECK(log_in("sara", "192.0.2.1") == "");
    // Refused ones count for nothing else.
    for (int i = 0; i < 12; ++i) CHECK(log_in("sara", "192.0.2.1") == "rate_limited");
    CHECK(log_in("omar", "192.0.2.1") == "");
    CHECK(log_in("sara", "192.0.2.2") == "");
    world.clock.advance(1min);
    CHECK(log_in("sara", "192.0.2.1") == "");
}

TEST_CASE("passwords change with the present one, or by an administrator") {
    World world;
    auto const sara = world.user("sara");
    auto& accounts = world->accounts;
    CHECK(code_of(accounts.change_password(sara->id, "wrong", "another passphrase")) == "invalid_credentials");
    CHECK(code_of(accounts.change_password(sara->id, "a fine passphrase", "password")) == "invalid_value");
    CHECK(code_of(accounts.change_password(base::UserId{"nobody"}, "x", "another passphrase")) == "not_found");
    CHECK(code_of(accounts.change_password(sara->id, "a fine passphrase", "another passphrase")) == "");
    CHECK(code_of(accounts.authenticate("sara", "a fine passphrase", "b")) == "invalid_credentials");
    CHECK(code_of(accounts.authenticate("sara", "another passphrase", "b")) == "");
    CHECK(code_of(accounts.set_password(sara->id, "a third passphrase")) == "");
    world.restart();
    CHECK(code_of(world->accounts.authenticate("sara", "a third passphrase", "b")) == "");
    for (int i = 0; i < 10; ++i)
        CHECK(code_of(world->accounts.change_password(sara->id, "wrong", "x")) == "invalid_credentials");
    CHECK(code_of(world->accounts.change_password(sara->id, "a third passphrase", "x")) == "rate_limited");
}

TEST_CASE("a password is the same on every keyboard, and not cut where it ends") {
    World world;
    (void)world->accounts.create({"sara", "p\u00e4ssw\u00f6rd two", "", "", {}});
    for (auto const& [given, fits] : std::vector<std::pair<std::string, bool>>{
             {"p\u00e4ssw\u00f6rd two", true},
             {"pa\u0308sswo\u0308rd two", true},
             {"p\u00e4ssw\u00f6rd\u00a0two", true},
             {"p\u00e4ssw\u00f6rd\u3000two", true},
             {"ｐ\u00e4ｓｓw\u00f6rd two", true},
             {"passwo\u0308rd two", false},
             {"P\u00e4ssw\u00f6rd two", false},
             {"\xFF", false},
         }) {
        INFO(given);
        CHECK(world->accounts.authenticate("sara", given, "").ok() == fits);
    }
    (void)world->accounts.create({"omar", std::string(256, 'x'), "", "", {}});
    CHECK(world->accounts.authenticate("omar", std::string(256, 'x'), ""));
    for (std::size_t const size : {255, 257, 300, 100'000})
        CHECK(code_of(world->accounts.authenticate("omar", std::string(size, 'x'), "")) == "invalid_credentials");
    auto const sara = world->accounts.find_by_name("sara");
    CHECK(code_of(world->accounts.set_password(sara->id, "\u5bc6\u7801\u5bc6\u7801")) == "invalid_value");
    CHECK(code_of(world->accounts.set_password(sara->id, std::string(257, 'x'))) == "invalid_value");
}

TEST_CASE("a hash from before passwords were prepared still verifies, and is made anew") {
    World world;
    std::string const decomposed = "pa\u0308ssword two";
    (void)world->accounts.create({"sara", decomposed, "", "", {}});
    world.store.each_document("users", [&](std::string const& id, nlohmann::json document) {
        document["password_hash"] = *world->hasher.hash(decomposed);
        std::promise<void> written;
        world.store.commit({store::Put{"users", id, document.dump()}}, [&](auto const&) { written.set_value(); });
        written.get_future().wait();
    });
    world.restart();
    CHECK(code_of(world->accounts.authenticate("sara", "p\u00e4ssword two", "")) == "invalid_credentials");
    CHECK(world->accounts.authenticate("sara", decomposed, ""));
    CHECK(world->accounts.authenticate("sara", "p\u00e4ssword two", ""));
    CHECK(world->accounts.authenticate("sara", decomposed, ""));
}

TEST_CASE("a hash is verified whatever its cost was") {
    PasswordHasher cheap{{1, 8192}};
    PasswordHasher dear{{2, 1U << 20U}};
    auto const hash = *cheap.hash("a fine passphrase");
    CHECK(*dear.verify(hash, "a fine passphrase"));
    CHECK_FALSE(*dear.verify(hash, "another passphrase"));
    CHECK_FALSE(*dear.verify("not a hash", "a fine passphrase"));
    CHECK_FALSE(*dear.verify("", "a fine passphrase"));
    CHECK_FALSE(*dear.verify_nothing("a fine passphrase"));
}
