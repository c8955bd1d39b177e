#include "chat/settings.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "chat/world.hpp"

using namespace soyuz;
using namespace soyuz::chat;
using namespace soyuz::chat::test;
using nlohmann::json;

TEST_CASE("settings change while the server runs and survive a restart") {
    World world;
    auto const before = world->settings.get();
    CHECK(Settings::to_json(*before)["spam"]["limit"] == 8);
    CHECK(world->settings.change({{"name", " Class 9 "},
                                  {"registration", "invite"},
                                  {"purpose", "class"},
                                  {"message_characters", 500},
                                  {"members_create_rooms", false}}));
    CHECK(before->name == "Soyuz");
    world.restart();
    auto const now = world->settings.get();
    CHECK(now->name == "Class 9");
    CHECK(now->registration == Registration::invite);
    CHECK(now->purpose == Purpose::class_);
    CHECK(now->message_characters == 500);
    CHECK_FALSE(now->members_create_rooms);
    CHECK(now->logins_per_address == 10);
}

TEST_CASE("a patch with anything wrong changes nothing and names each wrong field") {
    World world;
    struct Case {
        json patch;
        std::vector<std::string> fields;
    };
    for (auto const& [patch, fields] : std::vector<Case>{
             {{{"name", ""}}, {"name"}},
             {{{"name", 7}}, {"name"}},
             {{{"name", std::string(61, 'x')}}, {"name"}},
             {{{"registration", "sometimes"}, {"purpose", "fun"}}, {"purpose", "registration"}},
             {{{"message_characters", 0}}, {"message_characters"}},
             {{{"message_characters", -5}}, {"message_characters"}},
             {{{"message_characters", 1.5}}, {"message_characters"}},
             {{{"message_characters", "many"}, {"name", "fine"}}, {"message_characters"}},
             {{{"attachment_bytes", 1ULL << 40U}}, {"attachment_bytes"}},
             {{{"members_create_rooms", "yes"}}, {"members_create_rooms"}},
             {{{"nmae", "typo"}}, {"nmae"}},
             {{{"spam", 7}}, {"spam"}},
             {{{"spam", {{"preset", "harsh"}}}}, {"spam.preset"}},
             {{{"spam", {{"limit", 0}, {"span_ms", 5}}}}, {"spam.limit", "spam.span_ms"}},
             {{{"spam", {{"bans_s", json::array()}}}}, {"spam.bans_s"}},
             {{{"spam", {{"bans_s", {60, 0}}}}}, {"spam.bans_s"}},
             {{{"spam", {{"bans_s", {60, "long"}}}}}, {"spam.bans_s"}},
             {{{"spam", {{"limti", 3}}}}, {"spam.limti"}},
         }) {
        INFO(patch.dump());
        auto const changed = world->settings.change(patch);
        REQUIRE_FALSE(changed);
        CHECK(changed.error().code == base::Code::invalid_value);
        std::vector<std::string> named;
        for (auto const& [field, reason] : changed.error().fields) named.push_back(field);
        CHECK(named == fields);
        CHECK(world->settings.get()->name == "Soyuz");
    }
    CHECK(code_of(world->settings.change(json::array())) == "bad_request");
    world.store.refuse(true);
    CHECK(code_of(world->settings.change({{"name", "New"}})) == "read_only");
    CHECK(world->settings.get()->name == "Soyuz");
}

TEST_CASE("spam rules come from a preset, and one changed value makes them custom") {
    World world;
    auto const spam = [&](json const& patch) {
        REQUIRE(world->settings.change({{"spam", patch}}));
        return world->settings.get()->spam;
    };
    auto const strict = spam({{"preset", "strict"}});
    CHECK(strict.limit == 3);
    CHECK(strict.min_gap == 2s);
    CHECK(strict.bans == std::vector<std::chrono::seconds>{20min});
    CHECK(spam({{"limit", 3}}).preset == "strict");
    auto const custom = spam({{"limit", 5}, {"bans_s", {30, 600}}});
    CHECK(custom.preset == "custom");
    CHECK(custom.min_gap == 2s);
    CHECK(custom.bans == std::vector<std::chrono::seconds>{30s, 600s});
    world.restart();
    CHECK(world->settings.get()->spam.preset == "custom");
    CHECK(world->settings.get()->spam.limit == 5);
    CHECK(spam({{"preset", "relaxed"}}).limit == 15);
    CHECK(spam({{"preset", "default"}}).limit == 8);
    // What is read can be sent back as it is.
    CHECK(world->settings.change(Settings::to_json(*world->settings.get())));
}

TEST_CASE("a purpose sets what suits it") {
    struct Case {
        Purpose purpose;
        Registration registration;
        std::string preset;
        bool members_create_rooms;
    };
    for (auto const& [purpose, registration, preset, rooms] : {
             Case{Purpose::friends, Registration::invite, "relaxed", true},
             Case{Purpose::class_, Registration::invite, "default", false},
             Case{Purpose::stream, Registration::open, "strict", false},
             Case{Purpose::community, Registration::open, "default", true},
         }) {
        World world;
        REQUIRE(world->settings.apply_purpose(purpose, "Ours"));
        auto const settings = world->settings.get();
        CHECK(settings->purpose == purpose);
        CHECK(settings->registration == registration);
        CHECK(settings->spam.preset == preset);
        CHECK(settings->members_create_rooms == rooms);
        CHECK(settings->name == "Ours");
        CHECK(code_of(world->settings.apply_purpose(purpose, " ")) == "invalid_value");
    }
}
