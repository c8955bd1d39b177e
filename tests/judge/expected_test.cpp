#include <fstream>
#include <initializer_list>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "judge/engine.hpp"

using namespace soyuz::judge;

namespace {

struct Case {
    std::string actions;
    std::string text;
};

std::vector<Case> cases(std::initializer_list<char const*> files) {
    std::vector<Case> read;
    for (auto file : files) {
        std::ifstream in(std::string(SOYUZ_JUDGE_TESTS) + file);
        for (std::string line; std::getline(in, line);) {
            if (line.empty() || line[0] == '#') continue;
            auto const bar = line.find('|');
            REQUIRE(bar != std::string::npos);
            read.push_back({line.substr(0, bar), line.substr(bar + 1)});
        }
    }
    return read;
}

bool is_among(std::string_view action, std::string const& actions) {
    return ("," + actions + ",").find("," + std::string(action) + ",") != std::string::npos;
}

}  // namespace

TEST_CASE("texts written for the purpose get the action that is right for them") {
    auto engine = Engine::open();
    REQUIRE(engine);
    auto const all = cases({"/expected.txt"});
    REQUIRE(all.size() >= 400);
    for (auto const& [actions, text] : all) {
        auto const verdict = (*engine)->judge(text, {});
        INFO(text << " -> " << name(verdict.action) << ", score " << verdict.score << ", probability "
                  << verdict.probability);
        CHECK(is_among(name(verdict.action), actions));
    }
}

// These were written before anybody looked at what the judge says of them, and some it still gets wrong: what is asked
// is that it gets nearly all of them right.
TEST_CASE("of texts that it was not made for, the judge misreads few") {
    auto engine = Engine::open();
    REQUIRE(engine);
    auto const all = cases({"/expected_wide.txt", "/expected_hate.txt"});
    REQUIRE(all.size() >= 650);
    std::size_t right = 0;
    std::string wrong;
    for (auto const& [actions, text] : all) {
        auto const verdict = (*engine)->judge(text, {});
        if (is_among(name(verdict.action), actions))
            ++right;
        else
            wrong.append(text).append(" -> ").append(name(verdict.action)).append("\n");
    }
    INFO(wrong);
    CHECK(right * 100 >= all.size() * 98);
}

TEST_CASE("text that only deserves to pass is never blocked") {
    auto engine = Engine::open();
    REQUIRE(engine);
    for (auto const& [actions, text] : cases({"/expected.txt", "/expected_wide.txt", "/expected_hate.txt"})) {
        if (actions != "allow") continue;
        INFO(text);
        CHECK((*engine)->judge(text, {}).action != Action::block);
    }
}
