#include <string>
#include <vector>

#include "watch/world.hpp"

using namespace soyuz;
using namespace soyuz::watch::testing;

TEST_CASE("keywords are found however they are spelt, and not inside other words") {
    World world;
    for (auto const* word : {"knife", "buy followers", "cheat*", "نقل", "امتحان کا پرچہ"})
        REQUIRE(world.watch.watchlist.add_keyword(world.keeper().id, word));
    struct Case {
        std::string text;
        std::vector<std::string> found;
    };
    for (auto const& [text, found] : {
             Case{"he has a knife", {"knife"}},
             Case{"he has a KN1FE!!", {"knife"}},
             Case{"k n i f e", {"knife"}},
             Case{"the penknife is mine", {}},
             Case{"want to buy   followers? cheap", {"buy followers"}},
             Case{"followers buy", {}},
             Case{"cheaters never win, he has a knife", {"cheat*", "knife"}},
             Case{"وہ نقل کر رہا ہے", {"نقل"}},
             Case{"کس کے پاس امتحان کا پرچہ ہے؟", {"امتحان کا پرچہ"}},
             Case{"", {}},
         }) {
        INFO(text);
        CHECK(world.watch.watchlist.find(text) == found);
    }
}

TEST_CASE("keywords and objects are kept, changed and removed, each once") {
    World world;
    auto const by = world.keeper().id;
    auto& list = world.watch.watchlist;
    auto const first = list.add_keyword(by, " knife ");
    REQUIRE(first);
    CHECK((*first)->text == "knife");
    CHECK(list.add_keyword(by, "KNIFE").error().code == base::Code::conflict);
    for (auto const* bad : {"", "  ", "a\u202Eb"})
        CHECK(list.add_keyword(by, bad).error().code == base::Code::invalid_value);
    REQUIRE(list.change_keyword((*first)->id, "dagger"));
    CHECK(list.find("a dagger") == std::vector<std::string>{"dagger"});
    CHECK(list.find("a knife").empty());
    REQUIRE(list.remove_keyword((*first)->id));
    CHECK(list.find("a dagger").empty());
    CHECK(list.remove_keyword((*first)->id).error().code == base::Code::not_found);

    auto const object = list.add_object(by, "Knife", 0.5);
    REQUIRE(object);
    CHECK(list.threshold_of("knife") == 0.5);
    CHECK_FALSE(list.threshold_of("person"));
    CHECK(list.add_object(by, "scissors", 1.5).error().code == base::Code::invalid_value);
    REQUIRE(list.change_object((*object)->id, {}, 0.7));
    watch::Watchlist const again{*world.store, world.clock};
    CHECK(again.threshold_of("knife") == 0.7);
    CHECK(again.keywords().empty());
}
