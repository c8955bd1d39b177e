#include "chat/accounts/accounts.hpp"

#include <atomic>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;

namespace {

Accounts::NewAccount account(std::string name) { return {std::move(name), "a fine passphrase", "", "", Role::member}; }

}  // namespace

TEST_CASE("an account is made, found, and still there after a restart") {
    World world;
    auto const made =
        world->accounts.create({"Sara.K", "a fine passphrase", " Sara \xD8\xB3 ", "Sara@Example.org", {}});
    REQUIRE(made);
    CHECK((*made)->display_name == "Sara \xD8\xB3");
    world.restart();
    auto const found = world->accounts.find_by_name("sARA.k");
    REQUIRE(found);
    CHECK(found->username == "Sara.K");
    CHECK(found->email == "Sara@Example.org");
    CHECK(found->created_at == world.clock.now());
    CHECK(world->accounts.find(found->id) == found);
    CHECK(world->accounts.count() == 1);
    CHECK((*world->accounts.authenticate("SARA.K", "a fine passphrase", "192.0.2.1"))->id == found->id);
    CHECK((*world->accounts.authenticate("sara@example.ORG", "a fine passphrase", "192.0.2.1"))->id == found->id);
    world.store.each_document("users", [](auto const&, nlohmann::json const& value) {
        CHECK(value["password_hash"].get<std::string>().starts_with("$argon2id$v=19$"));
        CHECK(value.dump().find("passphrase") == std::string::npos);
    });
}

TEST_CASE("what is wrong with a new account is said by field") {
    World world;
    world.user("taken");
    struct Case {
        std::string username, password, display_name, email, field;
    };
    std::string const fine = "a fine passphrase";
    for (auto const& [username, password, display_name, email, field] : std::vector<Case>{
             {"ab", fine, "", "", "username"},
             {std::string(51, 'a'), fine, "", "", "username"},
             {"with space", fine, "", "", "username"},
             {"s\xC3\xA4ra", fine, "", "", "username"},
             {"sara@home", fine, "", "", "username"},
             {"...", fine, "", "", "username"},
             {"Deleted", fine, "", "", "username"},
             {"TAKEN", fine, "", "", "username"},
             {"sara", "short", "", "", "password"},
             {"sara", std::string(257, 'x'), "", "", "password"},
             {"sara", "PassWord1", "", "", "password"},
             {"sara", "12345678", "", "", "password"},
             {"sara.the.first", "Sara.The.First", "", "", "password"},
             {"sara", fine, std::string(51, 'x'), "", "display_name"},
             {"sara", fine, "\u3164", "", "display_name"},
             {"sara", fine, "\u200d \u2800", "", "display_name"},
             {"sara", fine, "a\ue000", "", "display_name"},
             {"sara", fine,
              "a\xE2\x80\xAE"
              "b",
              "", "display_name"},
             {"sara", fine, "\xFF", "", "display_name"},
             {"sara", fine, "", "nobody", "email"},
             {"sara", fine, "", "a@b", "email"},
             {"sara", fine, "", "a b@example.org", "email"},
             {"sara", fine, "", "a@b@example.org", "email"},
             {"sara", fine, "", "a..b@example.org", "email"},
             {"sara", fine, "", ".a@example.org", "email"},
             {"sara", fine, "", "a.@example.org", "email"},
             {"sara", fine, "", "a@-x.org", "email"},
             {"sara", fine, "", "a@x-.org", "email"},
             {"sara", fine, "", "a@x.org-", "email"},
         }) {
        INFO(username << " / " << password << " / " << display_name << " / " << email);
        auto const made = world->accounts.create({username, password, display_name, email, {}});
        REQUIRE_FALSE(made);
        CHECK(made.error().fields.size() == 1);
        CHECK(made.error().fields.contains(field));
    }
    for (auto const* name : {"abc", "a_b", "A-1.x", "007"}) {
        INFO(name);
        CHECK(world->accounts.create(account(name)));
    }
    CHECK(world->accounts.create({"longest", std::string(256, 'x'), std::string(50, 'x'), "a@localhost", {}}));
    CHECK(world->accounts.create({"irish", fine, "", "o'brien@x-y.example.org", {}}));
    CHECK(world->accounts.create({"other", fine, "", "A@LOCALHOST", {}}).error().code == base::Code::name_taken);
}

TEST_CASE("a name is never used again, also after its account is gone") {
    World world;
    auto const sara = world.user("sara");
    REQUIRE(world->accounts.remove(sara->id));
    CHECK(world->accounts.create(account("SARA")).error().code == base::Code::name_taken);
    world.restart();
    CHECK(world->accounts.create(account("Sara")).error().code == base::Code::name_taken);
    auto const gone = world->accounts.find(sara->id);
    REQUIRE(gone);
    CHECK(gone->deleted);
    CHECK(gone->display_name == "Deleted account");
    CHECK_FALSE(world->accounts.find_by_name("sara"));
    CHECK(world->accounts.count() == 0);
    CHECK(code_of(world->accounts.authenticate("sara", "a fine passphrase", "192.0.2.1")) == "invalid_credentials");
    world.store.each_document("users", [](auto const&, nlohmann::json const& value) {
        CHECK(value.dump().find("sara") == std::string::npos);
    });
}

TEST_CASE("of many who take one name at once one gets it, and one becomes the owner") {
    World world;
    std::atomic<int> made = 0, owners = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(
            [&, i] { owners += world->accounts.create_owner(account("owner" + std::to_string(i))).ok(); });
    }
    for (auto& thread : threads) thread.join();
    threads.clear();
    CHECK(owners == 1);
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { made += world->accounts.create(account("sara")).ok(); });
    for (auto& thread : threads) thread.join();
    CHECK(made == 1);
    CHECK(world->accounts.count() == 2);
    CHECK(code_of(world->accounts.create_owner(account("another"))) == "conflict");
}

TEST_CASE("an owner can be made after a first try that failed") {
    World world;
    world.store.refuse(true);
    CHECK(code_of(world->accounts.create_owner(account("sara"))) == "read_only");
    world.store.refuse(false);
    auto const owner = world->accounts.create_owner(account("sara"));
    REQUIRE(owner);
    CHECK((*owner)->role == Role::owner);
}

TEST_CASE("profiles change, are told, and keep what wasn't changed") {
    World world;
    auto const sara = world.user("sara");
    world.user("omar");
    std::vector<std::string> told;
    world->accounts.on_changed = [&](UserPtr const& user) { told.push_back(user->display_name); };
    auto const changed = world->accounts.change_profile(sara->id, {" Sara K ", std::nullopt, "face.webp"});
    REQUIRE(changed);
    CHECK((*changed)->display_name == "Sara K");
    CHECK((*changed)->avatar == "face.webp");
    CHECK(world->accounts.change_profile(sara->id, {{}, "sara@example.org", {}}));
    CHECK(world->accounts.find(sara->id)->avatar == "face.webp");
    CHECK(code_of(world->accounts.change_profile(sara->id, {"", {}, {}})) == "invalid_value");
    auto const omar = world->accounts.find_by_name("omar");
    CHECK(code_of(world->accounts.change_profile(omar->id, {{}, "SARA@example.org", {}})) == "name_taken");
    CHECK(world->accounts.change_profile(sara->id, {{}, "", {}}));
    CHECK(world->accounts.change_profile(omar->id, {{}, "SARA@example.org", {}}));
    world.store.refuse(true);
    CHECK(code_of(world->accounts.change_profile(sara->id, {"Other", {}, {}})) == "read_only");
    CHECK(world->accounts.find(sara->id)->display_name == "Sara K");
    CHECK(told == std::vector<std::string>{"Sara K", "Sara K", "Sara K", "omar"});
}

TEST_CASE("nobody passes for another by a display name") {
    World world;
    auto const teacher = world.user("ms.khan", Role::owner);
    REQUIRE(world->accounts.change_profile(teacher->id, {"Ms Khan", {}, {}}));
    world.user("amina");
    auto const bilal = world.user("bilal");
    for (auto const* name : {"amina",       "Amina",           "аmіna",       "ａｍｉｎａ",
                             "am\u200cina", "AMINA",           "ms.khan",     "Ms Khan",
                             "ms khan",     "★ Ms. Khan ★",    "Ms Кhan",     "owner",
                             "Owner",       "ADMIN",           "Аdmin",       "Adm\u0131n",
                             "moderator",   "System",          "S y s t e m", "Soyuz Support Team",
                             "The Admin",   "Deleted account", "مالک",        "🛡 Moderator 🛡",
                             "adrnin"}) {
        INFO(name);
        CHECK(code_of(world->accounts.change_profile(bilal->id, {name, {}, {}})) == "invalid_value");
        CHECK(code_of(world->accounts.create({"newcomer", "a fine passphrase", name, "", {}})) == "invalid_value");
    }
    for (auto const* name :
         {"Bilal", "BILAL", "Amina K", "Khan", "Aminah", "Modern Adam", "Ownerby", "Systems of Art", "بلال"}) {
        INFO(name);
        CHECK(world->accounts.change_profile(bilal->id, {name, {}, {}}));
    }
    CHECK(world->accounts.change_profile(teacher->id, {"Owner", {}, {}}));
    CHECK(world->accounts.change_profile(bilal->id, {"Ms Khan", {}, {}}));
    CHECK(code_of(world->accounts.change_profile(bilal->id, {"e\u0301\u0302\u0303\u0304", {}, {}})) == "invalid_value");
}

TEST_CASE("nobody passes for the staff by a user name; the staff may take any") {
    World world;
    auto const teacher = world.user("ms.khan", Role::owner);
    REQUIRE(world->accounts.change_profile(teacher->id, {"Bilal Teacher", {}, {}}));
    world.user("amina");
    auto const create = [&](char const* name, Role role) {
        auto const made = world->accounts.create({name, "a fine passphrase", "", "", role});
        return made ? "" : code_of(made);
    };
    for (auto const* name :
         {"admin",     "Admin",   "ADMIN_",   "adrnin",        "Adm1n",       "soyuz_team", "admin_user",
          "a.d.m.i.n", "owner",   "0wner",    "mod",           "rnod",        "moderator",  "m0derator",
          "sys-tem",   "soyuz",   "S0yuz",    "official",      "staff",       "Support",    "the-admin",
          "mskhan",    "ms-khan", "rns_khan", "bilal_teacher", "Bi1alTeacher"}) {
        INFO(name);
        CHECK(create(name, Role::member) == "invalid_value");
        CHECK(world->accounts.refusal_of({name, "a fine passphrase", "", "", Role::member}));
    }
    for (auto const* name :
         {"modern", "adamin", "ownerby", "systems", "khan", "aminah", "am1na", "class7", "1234", "mod7"}) {
        INFO(name);
        CHECK(create(name, Role::member) == "");
    }
    CHECK(create("admin", Role::admin) == "");
    CHECK(create("moderator", Role::moderator) == "");
    // Not even they look like one of them.
    CHECK(create("mskhan", Role::admin) == "invalid_value");
}

TEST_CASE("who shares a display name is known, for as long as it is shared") {
    World world;
    auto const one = world.user("one");
    auto const two = world.user("two");
    auto const three = world.user("three");
    auto const shares = [&] {
        std::string sharing;
        for (auto const& user : world->accounts.all()) sharing += user->shares_name ? user->username + ' ' : "";
        return sharing;
    };
    CHECK(shares() == "");
    CHECK((*world->accounts.change_profile(one->id, {"Sara Khan", {}, {}}))->shares_name == false);
    std::vector<std::string> told;
    world->accounts.on_changed = [&](UserPtr const& user) { told.push_back(user->username); };
    CHECK((*world->accounts.change_profile(two->id, {"sara Khan", {}, {}}))->shares_name);
    CHECK(told == std::vector<std::string>{"one", "two"});
    CHECK(shares() == "one two ");
    REQUIRE(world->accounts.change_profile(three->id, {"Sаra Khan", {}, {}}));
    REQUIRE(world->accounts.create({"four", "a fine passphrase", "SARA KHAN", "", {}}));
    CHECK(shares() == "four one three two ");
    world.restart();
    CHECK(shares() == "four one three two ");
    REQUIRE(world->accounts.remove(one->id));
    REQUIRE(world->accounts.change_profile(two->id, {"Sara", {}, {}}));
    CHECK(shares() == "four three ");
    REQUIRE(world->accounts.change_profile(three->id, {"Noor", {}, {}}));
    CHECK(shares() == "");
}

TEST_CASE("a display name is cleaned of what came along, and must have something to see") {
    World world;
    auto const sara = world.user("sara");
    for (auto const& [given, kept] : std::vector<std::pair<std::string, std::string>>{
             {"\u202aSara\u202c", "Sara"},
             {"Sara\nKhan\t", "Sara Khan"},
             {"سارہ\u200f (خان)", "سارہ\u200f (خان)"},
             {"🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F Sara",
              "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F Sara"},
             {"Sara \U0001FAE9", "Sara \U0001FAE9"},
             {"Sa\u200bra", "Sara"}}) {
        INFO(given);
        auto const changed = world->accounts.change_profile(sara->id, {given, {}, {}});
        REQUIRE(changed);
        CHECK((*changed)->display_name == kept);
    }
    for (auto const* unseen : {"\u3164", "\u115f\u1160", "\uffa0", "\u2800", "\u200d", "\u200c", "\ufe0f", "\u034f",
                               "\u17b4", "\u180b", "\u200b", "\u00a0", "\u0301", "\ufffc", "\u202e", "a\u202eb"}) {
        INFO(unseen);
        CHECK(code_of(world->accounts.change_profile(sara->id, {unseen, {}, {}})) == "invalid_value");
    }
}

TEST_CASE("roles are changed only by those above both the old and the new one") {
    struct Case {
        Role actor, before, after;
        std::string error;
    };
    for (auto const& [actor, before, after, error] : std::vector<Case>{
             {Role::owner, Role::member, Role::admin, ""},
             {Role::owner, Role::admin, Role::member, ""},
             {Role::owner, Role::member, Role::owner, "forbidden"},
             {Role::admin, Role::member, Role::moderator, ""},
             {Role::admin, Role::member, Role::admin, "forbidden"},
             {Role::admin, Role::admin, Role::member, "forbidden"},
             {Role::moderator, Role::guest, Role::member, "forbidden"},
             {Role::member, Role::guest, Role::guest, "forbidden"},
         }) {
        World world;
        auto const who = world.user("actor", actor);
        auto const whom = world.user("other", before);
        INFO(name(actor) << ' ' << name(before) << ' ' << name(after));
        CHECK(code_of(world->accounts.change_role(*who, whom->id, after)) == error);
        CHECK(world->accounts.find(whom->id)->role == (error.empty() ? after : before));
    }
}

TEST_CASE("the last owner stays") {
    World world;
    auto const owner = world.user("owner", Role::owner);
    CHECK(code_of(world->accounts.remove(owner->id)) == "conflict");
    CHECK(code_of(world->accounts.set_role(owner->id, Role::member)) == "conflict");
    world.user("second", Role::owner);
    CHECK(code_of(world->accounts.remove(owner->id)) == "");
}

TEST_CASE("people are found by the beginning of either name") {
    World world;
    REQUIRE(world->accounts.create({"zara", "a fine passphrase", "Alya Noor", "", {}}));
    REQUIRE(world->accounts.create({"alim", "a fine passphrase", "\xC3\x84nne", "", {}}));
    REQUIRE(world->accounts.create({"omar", "a fine passphrase", "", "", {}}));
    auto const names = [&](char const* text, std::size_t limit) {
        std::vector<std::string> found;
        for (auto const& user : world->accounts.search(text, limit)) found.push_back(user->username);
        return found;
    };
    CHECK(names("AL", 10) == List{"alim", "zara"});
    CHECK(names("al", 1) == List{"alim"});
    CHECK(names("\xC3\xA4n", 10) == List{"alim"});
    CHECK(names("", 10) == List{"alim", "omar", "zara"});
    CHECK(names("\xFF", 10).empty());
}
