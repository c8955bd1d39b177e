#include "judge/policy.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "judge/engine.hpp"
#include "judge/verdict_json.hpp"

using namespace soyuz;
using namespace soyuz::judge;

namespace {

std::unique_ptr<Engine> engine() {
    auto made = Engine::open();
    REQUIRE(made);
    return std::move(*made);
}

Occasion in_room(base::RoomId const& room) {
    Occasion occasion;
    occasion.room = room;
    return occasion;
}

bool has_reason(Verdict const& verdict, std::string_view reason) {
    for (auto const& one : verdict.reasons)
        if (one == reason) return true;
    return false;
}

}  // namespace

TEST_CASE("a stricter preset never does less") {
    auto const judge = engine();
    for (auto text : {"Hello world", "This is damn good", "you idiot", "what the fuck", "kill yourself",
                      "my number is 0300-1234567", "I want to die", "tu pagal hai"}) {
        auto last = Action::allow;
        for (auto preset : {Preset::relaxed, Preset::school, Preset::strict}) {
            RoomPolicy policy;
            policy.preset = preset;
            policy.thresholds = thresholds_of(preset);
            judge->set_policy(base::RoomId{"room"}, policy);
            auto const action = judge->judge(text, in_room(base::RoomId{"room"})).action;
            INFO(text);
            CHECK(action >= last);
            last = action;
        }
    }
}

TEST_CASE("a category or rule that is switched off has no say") {
    auto const judge = engine();
    base::RoomId const room{"room"};
    RoomPolicy policy;
    policy.categories.reset(static_cast<std::size_t>(Category::personal_info));
    judge->set_policy(room, policy);
    CHECK(judge->judge("my number is 0300-1234567", {}).action == Action::flag);
    CHECK(judge->judge("my number is 0300-1234567", in_room(room)).action == Action::allow);

    RoomPolicy without;
    without.rules_off.insert("phone_number");
    judge->set_policy(room, without);
    CHECK(judge->judge("my number is 0300-1234567", in_room(room)).action == Action::allow);
    CHECK(judge->judge("my card is 4111 1111 1111 1111", in_room(room)).action == Action::flag);
}

TEST_CASE("a room's watch words have an action of their own, there only") {
    auto const judge = engine();
    base::RoomId const room{"room"};
    auto const words = compile_watch_words({{"cheesecake", Action::block, Category::spam},
                                            {"secret plan", Action::warn, Category::harassment},
                                            {"homew*", Action::flag, Category::spam}});
    REQUIRE(words);
    RoomPolicy watching;
    watching.watch_words = *words;
    judge->set_policy(room, watching);
    CHECK(judge->judge("I like cheesecake", in_room(room)).action == Action::block);
    CHECK(judge->judge("I like CHEESE\u200bCAKE", in_room(room)).action == Action::block);
    CHECK(judge->judge("I like cheesecake", {}).action == Action::allow);
    CHECK(judge->judge("the secret plan", in_room(room)).action == Action::warn);
    CHECK(judge->judge("my homework", in_room(room)).action == Action::flag);
    CHECK_FALSE(compile_watch_words({{"  ", Action::block, Category::spam}}));
    CHECK(judge->judge("I like cheesecake", in_room(room)).action == Action::block);
    judge->set_policy(room, {});
    CHECK(judge->judge("I like cheesecake", in_room(room)).action == Action::allow);
}

TEST_CASE("somebody in danger is flagged for help and never blocked") {
    auto const judge = engine();
    for (auto text : {"I want to kill myself", "i wanna die", "fuck my life i want to kill myself",
                      "khudkushi karna chahta hoon"}) {
        auto const verdict = judge->judge(text, {});
        INFO(text);
        CHECK(verdict.action == Action::flag);
        CHECK(has_reason(verdict, "self_harm"));
    }
}

TEST_CASE("TOXIC_THRESHOLD moves what is flagged") {
    EngineOptions options;
    options.flag_threshold = 0.35;
    auto strict = Engine::open(options);
    REQUIRE(strict);
    CHECK((*strict)->judge("This is damn good", {}).action == Action::flag);
}

TEST_CASE("matches show the place in the original, reasons stand for what was found") {
    auto const judge = engine();
    auto const verdict = judge->judge("Ü 😂 You f*cking i d i o t!", {});
    CHECK(verdict.action == Action::block);
    REQUIRE(verdict.matches.size() >= 2);
    CHECK(verdict.matches[0].start == 8);
    CHECK(verdict.matches[0].end == 15);
    CHECK(verdict.matches[1].start == 16);
    CHECK(verdict.matches[1].end == 25);
    CHECK(has_reason(verdict, "harassment"));
    CHECK(has_reason(verdict, "profanity"));
    CHECK(judge->judge("Hello", {}).reasons.empty());
}

TEST_CASE("a text in a language that no list knows says that it was not judged") {
    auto const judge = engine();
    for (auto [text, language] : {std::pair{"Nous sommes en vacances avec les enfants", "fr"},
                                  {"el perro de mi hermano es muy grande", "es"},
                                  {"هذا كتاب جديد", "ar"}}) {
        auto const verdict = judge->judge(text, {});
        INFO(text);
        CHECK(verdict.action == Action::allow);
        CHECK(verdict.language == language);
        CHECK(has_reason(verdict, "unjudged"));
    }
    CHECK(judge->judge("how are you today my friend", {}).reasons.empty());
    CHECK(judge->judge("aaj mausam acha hai", {}).reasons.empty());
    CHECK(judge->judge("eres una puta de mierda", {}).action >= Action::flag);
    CHECK(judge->judge("fils de pute", {}).action >= Action::flag);
    CHECK(judge->judge("تیری ماں کی", {}).action >= Action::flag);
}

TEST_CASE("a verdict is one line of JSON with all its fields") {
    auto const judge = engine();
    for (auto text : {"Hello", "you \"idiot\"\\ \u0001", "tu pagal hai", "\xff"}) {
        auto const line = to_json(judge->judge(text, {}));
        CHECK(line.find('\n') == std::string::npos);
        auto const json = nlohmann::json::parse(line);
        for (auto key : {"action", "severity", "score", "probability", "reasons", "matches", "language"})
            CHECK(json.contains(key));
        CHECK(json["score"] >= 0.0);
        CHECK(json["score"] <= 1.0);
        CHECK_FALSE(json.contains("text"));
    }
    CHECK(nlohmann::json::parse(to_json(judge->judge("tum kaise ho yaar", {})))["language"] == "ur-Latn");
}
