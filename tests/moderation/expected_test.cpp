#include <fstream>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "moderation/engine.hpp"

using namespace soyuz::moderation;

namespace {

struct Case {
    std::string actions;
    std::string text;
};

std::vector<Case> cases() {
    std::vector<Case> read;
    for (auto file : {"/expected.txt", "/expected_wide.txt", "/expected_hate.txt"}) {
        std::ifstream in(std::string(SOYUZ_MODERATION_TESTS) + file);
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
    auto const all = cases();
    REQUIRE(all.size() >= 1000);
    for (auto const& [actions, text] : all) {
        auto const verdict = (*engine)->judge(text, {});
        INFO(text << " -> " << name(verdict.action) << ", score " << verdict.score << ", probability "
                  << verdict.probability);
        CHECK(is_among(name(verdict.action), actions));
    }
}

TEST_CASE("text that only deserves to pass is never blocked") {
    auto engine = Engine::open();
    REQUIRE(engine);
    for (auto const& [actions, text] : cases()) {
        if (actions != "allow") continue;
        INFO(text);
        CHECK((*engine)->judge(text, {}).action != Action::block);
    }
}
