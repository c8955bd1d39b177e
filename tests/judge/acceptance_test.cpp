#include <string>

#include <catch2/catch.hpp>

#include "judge/engine.hpp"

using namespace soyuz::judge;

TEST_CASE("the judge tells everyday talk from swearing and insults") {
    auto engine = Engine::open();
    REQUIRE(engine);
    for (auto [text, action] : {std::pair{"Hello world", Action::allow},
                                {"This is damn good", Action::warn},
                                {"You're a fucking idiot", Action::block},
                                {"Chup kar bewakoof", Action::flag},
                                {"I hate Mondays", Action::allow},
                                {"she killed it at the show", Action::allow}}) {
        INFO(text);
        CHECK(name((*engine)->judge(text, {}).action) == name(action));
    }
}
