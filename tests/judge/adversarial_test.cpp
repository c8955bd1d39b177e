#include <random>

#include <catch2/catch.hpp>

#include "hostile.hpp"
#include "judge/engine.hpp"
#include "judge/training/obfuscate.hpp"

using namespace soyuz::judge;

TEST_CASE("listed words are recognised however they are hidden") {
    auto engine = Engine::open();
    REQUIRE(engine);
    auto lists = Lexicon::compile(built_in_lexicons(), Vocabulary{});
    REQUIRE(lists);
    std::mt19937 random(3);
    for (std::size_t t = 0; t < trick_count; ++t) {
        auto const trick = static_cast<Trick>(t);
        int found = 0, all = 0;
        std::string missed;
        for (auto const& term : (*lists)->terms()) {
            bool const plain = !term.is_phrase && term.text.size() >= 5 && term.text.size() <= 14 &&
                               term.severity >= Severity::medium && term.needs == 0;
            bool const latin = term.text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
            if (!plain || !latin || term.category == Category::self_harm) continue;
            auto const text = "you are " + hide(term.text, trick, random) + " ok";
            // What even the plain word does not bring about is no matter of hiding it.
            if ((*engine)->judge("you are " + term.text + " ok", {}).action == Action::allow) continue;
            ++all;
            if ((*engine)->judge(text, {}).action != Action::allow)
                ++found;
            else if (missed.size() < 400)
                missed += text.substr(8) + "; ";
        }
        INFO(name(trick) << ": " << found << " of " << all << ", missed " << missed);
        CHECK(all > 300);
        CHECK(found >= all * 85 / 100);
    }
}

TEST_CASE("hostile texts of full length get a verdict like any other") {
    auto engine = Engine::open();
    REQUIRE(engine);
    for (auto const& [name, text] : bench::hostile_texts(4000)) {
        INFO(name);
        auto const verdict = (*engine)->judge(text, {});
        CHECK(verdict.score >= 0);
        CHECK(verdict.score <= 1);
        CHECK(verdict.matches.size() <= 20);
    }
}

TEST_CASE("random bytes and cut characters do no harm") {
    auto engine = Engine::open();
    REQUIRE(engine);
    std::mt19937 random(11);
    std::string const alphabet = "aeiou fuckshit*.-_@#$!0123456789'\"/\\\xd0\xb0\xe2\x80\x8b\xf0\x9f\x98\x82\n\t";
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (auto size = random() % 120; size > 0; --size)
            text += round % 2 ? alphabet[random() % alphabet.size()] : static_cast<char>(random());
        auto const verdict = (*engine)->judge(text, {});
        for (auto const& match : verdict.matches) CHECK(match.start < match.end);
    }
}
