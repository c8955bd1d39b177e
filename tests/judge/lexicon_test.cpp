#include "judge/lists/lexicon.hpp"

#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "judge/engine.hpp"
#include "judge/reading/normaliser.hpp"

using namespace soyuz::judge;

namespace {

std::vector<std::string> found_in(Lexicon const& lexicon, std::string_view text) {
    ReadText read;
    Findings findings;
    normalise(text, lexicon, read);
    lexicon.find(read, findings);
    std::vector<std::string> terms;
    for (auto const& hit : findings.hits) terms.push_back(lexicon.terms()[hit.term].text);
    return terms;
}

std::shared_ptr<Lexicon const> compiled(std::string text) {
    LexiconSource const source{"test.json", std::move(text)};
    auto made = Lexicon::compile(std::span(&source, 1), Vocabulary{});
    if (!made) FAIL(made.error().message);
    return *made;
}

}  // namespace

TEST_CASE("terms are found by word, form, stem, part or sound") {
    auto const lexicon = compiled(R"({"language": "en", "groups": [
        {"category": "harassment", "severity": "mild", "match": "word", "terms": ["zorp"]},
        {"category": "harassment", "severity": "mild", "match": "forms", "terms": ["blarg"]},
        {"category": "harassment", "severity": "mild", "match": "stem", "terms": ["quux"]},
        {"category": "harassment", "severity": "mild", "match": "part", "terms": ["vrim"]},
        {"category": "harassment", "severity": "mild", "match": "sound", "terms": ["kolatash"]}],
        "allowed_words": ["quuxley"]})");
    for (auto [text, times] : {std::pair{"zorp", 1},
                               {"zorps", 0},
                               {"blarg", 1},
                               {"blarging", 1},
                               {"blargs!", 1},
                               {"blargon", 0},
                               {"quuxilator", 1},
                               {"aquux", 0},
                               {"quuxley", 0},
                               {"avrimo", 1},
                               {"kolatash", 1},
                               {"qolataash", 1},
                               {"klatsh", 1},
                               {"kilatash", 0}}) {
        INFO(text);
        CHECK(found_in(*lexicon, text).size() == static_cast<std::size_t>(times));
    }
}

TEST_CASE("phrases have gaps, choices, classes and exceptions") {
    auto const lexicon =
        compiled(R"({"language": "en", "classes": {"animal": ["cat", "dog*"], "adverb": ["very", "so"]}, "groups": [
        {"category": "threat", "severity": "severe", "phrases": ["bite the? <animal>", "eat|chew .. hat", "be <adverb>* loud"]}],
        "allowed_phrases": ["bite the dog biscuit"]})");
    for (auto [text, times] : {std::pair{"bite the cat", 1},
                               {"bite cat", 1},
                               {"bite dogs", 1},
                               {"bite the big cat", 0},
                               {"eat hat", 1},
                               {"chew my old hat", 1},
                               {"eat one two three hat", 0},
                               {"eat. hat", 0},
                               {"be so very loud", 1},
                               {"be not loud", 0},
                               {"bite the dog biscuit", 0}}) {
        INFO(text);
        CHECK(found_in(*lexicon, text).size() == static_cast<std::size_t>(times));
    }
}

TEST_CASE("an error in a list is told with its file and line") {
    for (auto [text, expected] :
         {std::pair{"{\n  \"language\": \"en\",\n  \"groups\": [\n    {\"category\": \"rude\"}\n  ]\n}",
                    "line 4: unknown category \"rude\""},
          {"{\"language\": \"en\",\n \"grups\": []}", "line 2: unknown key \"grups\""},
          {"{\"language\": \"en\",\n\n \"groups\": [}", "line 3"},
          {"{\"language\": \"en\", \"groups\": [\n{\"category\": \"threat\",\n\"severity\": \"awful\", \"terms\": "
           "[\"x\"]}]}",
           "line 3: unknown severity \"awful\""},
          {"{\"groups\": []}", "\"language\" is missing"},
          {"{\"language\": \"en\", \"groups\": [\n {\"category\": \"threat\", \"severity\": \"mild\", \"phrases\": "
           "[\"hit <nobody>\"]}]}",
           "unknown class <nobody>"},
          {"[]", "a lexicon is an object"},
          {"\xff", "not UTF-8"}}) {
        LexiconSource const source{"bad.json", text};
        auto made = Lexicon::compile(std::span(&source, 1), Vocabulary{});
        REQUIRE_FALSE(made);
        INFO(made.error().message);
        CHECK(made.error().message.find("bad.json") == 0);
        CHECK(made.error().message.find(expected) != std::string::npos);
    }
}

TEST_CASE("the built-in lists are large, and each of their words is found") {
    auto const sources = built_in_lexicons();
    auto lexicon = Lexicon::compile(sources, Vocabulary{});
    REQUIRE(lexicon);
    for (auto const& source : sources) {
        auto const file = nlohmann::json::parse(source.text);
        std::set<std::string> allowed;
        if (file.contains("allowed_words"))
            for (auto const& word : file["allowed_words"]) allowed.insert(word.get<std::string>());
        std::set<std::string> terms;
        for (auto const& group : file["groups"]) {
            if (!group.contains("terms") || group.contains("needs")) continue;
            for (auto const& term : group["terms"]) {
                auto const word = term.get<std::string>();
                terms.insert(word);
                INFO(source.name << ": " << word);
                if (allowed.count(word) == 0) CHECK_FALSE(found_in(**lexicon, word).empty());
            }
        }
        INFO(source.name);
        if (source.name == "english.json" || source.name == "roman-urdu.json") CHECK(terms.size() >= 300);
    }
}

TEST_CASE("an owner's change applies at once, an error leaves the old lists in force") {
    auto const folder = std::filesystem::temp_directory_path() / ("lexicons-" + std::to_string(std::random_device{}()));
    std::filesystem::create_directory(folder);
    auto const write = [&](std::string const& text) { std::ofstream(folder / "own.json") << text; };
    write(
        R"({"language": "en", "groups": [{"category": "harassment", "severity": "severe", "terms": ["snorkfest"]}]})");
    EngineOptions options;
    options.lexicon_folder = folder.string();
    auto engine = Engine::open(options);
    REQUIRE(engine);
    CHECK((*engine)->judge("what a snorkfest", {}).action != Action::allow);
    auto const before = (*engine)->lexicon_version();

    write("{");
    auto const failed = (*engine)->reload();
    REQUIRE_FALSE(failed);
    CHECK(failed.error().message.find("own.json, line 1") != std::string::npos);
    CHECK((*engine)->judge("what a snorkfest", {}).action != Action::allow);
    CHECK((*engine)->lexicon_version() == before);

    write(R"({"language": "en", "groups": [{"category": "harassment", "severity": "severe", "terms": ["other"]}]})");
    REQUIRE((*engine)->reload_if_changed());
    CHECK((*engine)->judge("what a snorkfest", {}).action == Action::allow);
    CHECK((*engine)->lexicon_version() != before);
    std::filesystem::remove_all(folder);
}
