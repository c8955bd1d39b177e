#include <fstream>
#include <string>
#include <unordered_set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "judge/engine.hpp"

using namespace soyuz::judge;

namespace {

std::unique_ptr<Engine> engine() {
    auto made = Engine::open();
    REQUIRE(made);
    return std::move(*made);
}

/// Every single word that a list names.
std::unordered_set<std::string> listed_words() {
    std::unordered_set<std::string> words;
    for (auto const& source : built_in_lexicons()) {
        auto const file = nlohmann::json::parse(source.text);
        for (auto const& group : file["groups"])
            if (group.contains("terms"))
                for (auto const& term : group["terms"]) words.insert(term.get<std::string>());
    }
    return words;
}

/// Listed, or listed with an English ending: "idiots", "pissing".
bool is_listed(std::string const& word, std::unordered_set<std::string> const& listed) {
    for (std::size_t cut = 0; cut <= 3 && cut + 2 < word.size(); ++cut)
        if (listed.count(word.substr(0, word.size() - cut)) != 0) return true;
    for (std::string_view part : {"fuck", "shit", "rape"})
        if (word.find(part) != std::string::npos) return true;
    return false;
}

}  // namespace

TEST_CASE("innocent lines of every kind pass") {
    auto const judge = engine();
    std::ifstream in(std::string(SOYUZ_JUDGE_TESTS) + "/innocent.txt");
    int all = 0;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        ++all;
        auto const verdict = judge->judge(line, {});
        INFO(line << " -> " << name(verdict.action) << ", score " << verdict.score << ", p " << verdict.probability);
        CHECK(verdict.action == Action::allow);
    }
    CHECK(all >= 110);
}

TEST_CASE("no everyday word is anything but allowed when it stands alone, unless a list names it") {
    auto const judge = engine();
    auto const listed = listed_words();
    std::size_t walked = 0;
    for (auto const& list : built_in_words()) {
        bool const is_everyday = list.name == "english-words.10" || list.name == "english-words.20" ||
                                 list.name == "roman-urdu" || list.name == "names";
        if (!is_everyday) continue;
        std::string word, wrong;
        auto const walk = [&] {
            if (word.size() >= 2 && !is_listed(word, listed)) {
                ++walked;
                if (judge->judge(word, {}).action != Action::allow) wrong += word + " ";
            }
            word.clear();
        };
        bool comment = false;
        for (char const c : list.text) {
            if (c == '\n' || c == ' ' || c == '\'') {
                if (!comment) walk();
                word.clear();
                comment = comment && c != '\n';
            } else {
                comment = comment || c == '#';
                word += c;
            }
        }
        walk();
        INFO(list.name << ": " << wrong);
        CHECK(wrong.empty());
    }
    CHECK(walked >= 14000);
}

TEST_CASE("what people are called passes as a name, an insult does not") {
    auto const judge = engine();
    Occasion occasion;
    occasion.kind = Occasion::Kind::name;
    for (auto name_of_one : {"randi",           "lund",       "emma.lund",    "Randi Hansen", "Emma Lund",
                             "Magna Cum Laude", "Dick Smith", "dick",         "Mr Butt",      "Nanga Parbat",
                             "Khusro",          "sana_butt",  "Harami Cross", "Alan Cumming", "cocker",
                             "Ms Hooker",       "bond007",    "mc_ali",       "Willy",        "Fanny"}) {
        auto const verdict = judge->judge(name_of_one, occasion);
        INFO(name_of_one << ": " << verdict.score);
        CHECK(verdict.action < Action::block);
    }
    for (auto insult : {"nigger", "fuck you", "kill yourself", "madarchod", "behenchod", "faggot", "motherfucker"}) {
        auto const verdict = judge->judge(insult, occasion);
        INFO(insult << ": " << verdict.score);
        CHECK(verdict.action == Action::block);
    }
}

TEST_CASE("concerns that need no swear word reach a moderator, their innocent twins don't") {
    auto const judge = engine();
    std::ifstream in(std::string(SOYUZ_JUDGE_TESTS) + "/concerns.txt");
    std::size_t concerned = 0, seen = 0, twins = 0, mistaken = 0;
    std::string wrong;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        auto const text = line.substr(line.find('|') + 1);
        bool const flagged = judge->judge(text, {}).action >= Action::flag;
        (line[0] == '+' ? concerned : twins) += 1;
        (line[0] == '+' ? seen : mistaken) += flagged;
        if (flagged != (line[0] == '+')) wrong += line + "\n";
    }
    INFO(seen << " of " << concerned << " seen, " << mistaken << " of " << twins << " twins mistaken\n" << wrong);
    CHECK(concerned >= 120);
    CHECK(seen * 100 >= concerned * 90);
    CHECK(mistaken == 0);
}
