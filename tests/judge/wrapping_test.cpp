#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "judge/engine.hpp"

using namespace soyuz::judge;

namespace {

constexpr std::array<std::string_view, 22> wrappers{"he said %",
                                                    "don't say %",
                                                    "the word is %",
                                                    "I'm not saying % but",
                                                    "no offense but %",
                                                    "sorry but %",
                                                    "just kidding, %",
                                                    "it's only a game, %",
                                                    "\"%\"",
                                                    "he said \"%\"",
                                                    "% he said",
                                                    "% just kidding",
                                                    "% sorry",
                                                    "I'm not racist but %",
                                                    "this is not bullying but %",
                                                    "my friend told me to tell you %",
                                                    "I would never say % but it's true",
                                                    "everybody says %",
                                                    "in the game: %",
                                                    "not gonna lie %",
                                                    "as they say, %",
                                                    "I mean %"};

/// What no excuse takes anything from.
constexpr std::array<std::string_view, 32> grave{"you nigger",
                                                 "you are a faggot",
                                                 "you stupid retard",
                                                 "you filthy kike",
                                                 "you dirty paki",
                                                 "you ugly tranny",
                                                 "you fucking faggot",
                                                 "I will kill you",
                                                 "I'm going to stab you after school",
                                                 "I'll break your legs",
                                                 "we are coming to beat you up",
                                                 "I will shoot you",
                                                 "I know where you live",
                                                 "I'm gonna burn your house down",
                                                 "I'll cut your throat",
                                                 "I will find you and hurt you",
                                                 "kill yourself",
                                                 "you should kill yourself",
                                                 "go hang yourself",
                                                 "go die",
                                                 "kys",
                                                 "drink bleach",
                                                 "you deserve to die",
                                                 "jump off a bridge",
                                                 "send me your nudes",
                                                 "show me your boobs",
                                                 "suck my dick",
                                                 "I will rape you",
                                                 "take off your clothes for me",
                                                 "tujhe jaan se maar dunga",
                                                 "teri tangein tor dunga",
                                                 "goli maar dunga tujhe"};

/// What an excuse takes at most one step from.
constexpr std::array<std::string_view, 28> insults{"you are an idiot",
                                                   "you moron",
                                                   "you are a pathetic loser",
                                                   "you dumb bitch",
                                                   "you are so stupid",
                                                   "you fat pig",
                                                   "you are worthless",
                                                   "you disgusting creep",
                                                   "you fucking idiot",
                                                   "you're a whore",
                                                   "you piece of shit",
                                                   "you ugly cow",
                                                   "nobody likes you",
                                                   "everyone hates you",
                                                   "you are a waste of space",
                                                   "you are such an asshole",
                                                   "you brainless clown",
                                                   "shut up idiot",
                                                   "you look like a whale",
                                                   "you are a coward",
                                                   "tum bewakoof ho",
                                                   "tu pagal hai",
                                                   "tum kameene ho",
                                                   "tu gadha hai",
                                                   "ullu ka patha",
                                                   "tu haramzada hai",
                                                   "teri maa ki",
                                                   "tum jahil ho"};

std::string wrapped(std::string_view wrapper, std::string_view abuse) {
    std::string text(wrapper);
    return text.replace(text.find('%'), 1, abuse);
}

std::unique_ptr<Engine> engine() {
    auto made = Engine::open();
    REQUIRE(made);
    return std::move(*made);
}

}  // namespace

TEST_CASE("no excuse takes anything from slurs, threats, sexual demands and the urging to die") {
    auto const judge = engine();
    int kept = 0, all = 0;
    std::string lost;
    for (auto abuse : grave) {
        auto const bare = judge->judge(abuse, {}).action;
        INFO(abuse << ": " << name(bare));
        CHECK(bare >= Action::flag);
        for (auto wrapper : wrappers) {
            auto const text = wrapped(wrapper, abuse);
            auto const verdict = judge->judge(text, {});
            ++all;
            if (verdict.action >= std::min(bare, Action::flag))
                ++kept;
            else
                lost += text + " -> " + std::string(name(verdict.action)) + "\n";
        }
    }
    INFO(kept << " of " << all << "\n" << lost);
    CHECK(kept == all);
}

TEST_CASE("an excuse takes at most one step from an insult") {
    auto const judge = engine();
    int kept = 0, all = 0;
    std::string lost;
    for (auto abuse : insults) {
        auto const bare = judge->judge(abuse, {}).action;
        INFO(abuse << ": " << name(bare));
        CHECK(bare >= Action::warn);
        for (auto wrapper : wrappers) {
            auto const text = wrapped(wrapper, abuse);
            auto const verdict = judge->judge(text, {});
            ++all;
            if (static_cast<int>(verdict.action) + 1 >= static_cast<int>(bare))
                ++kept;
            else
                lost += text + " -> " + std::string(name(verdict.action)) + "\n";
        }
    }
    INFO(kept << " of " << all << "\n" << lost);
    CHECK(kept == all);
}

TEST_CASE("honest quoting and counter-speech cost at most a warning") {
    auto const judge = engine();
    for (auto text : {"He called me an idiot and I cried",
                      "she told my sister she is a whore, that is so mean",
                      "Calling people retards is not okay",
                      "Someone wrote \"faggot\" on his desk",
                      "They told him to go die and the school did nothing",
                      "Saying kill yourself to anyone is never okay",
                      "He texted me \"I will kill you\" and I am scared",
                      "Stop calling her a bitch",
                      "Nobody should be called a nigger",
                      "The n-word \"nigger\" is a slur",
                      "Why do people say faggot?",
                      "In the film the villain says \"I will kill you\"",
                      "my brother was called a paki on the bus",
                      "It is wrong to say that Muslims are terrorists",
                      "You can't call women inferior",
                      "What does the word slut mean?",
                      "we reported the boy who wrote \"kys\" to her",
                      "Mujhe kisi ne pagal kaha to bura laga",
                      "usne mujhe kutta kaha",
                      "gaali dena galat hai"}) {
        auto const verdict = judge->judge(text, {});
        INFO(text << ": " << name(verdict.action) << ", score " << verdict.score << ", p " << verdict.probability);
        CHECK(verdict.action <= Action::warn);
    }
}

TEST_CASE("a threat that is denied is none") {
    auto const judge = engine();
    for (auto text : {"I won't hurt you", "I would never hit you", "I'm not going to kill you",
                      "we will not beat you up", "main tumhe nahi maarunga"}) {
        auto const verdict = judge->judge(text, {});
        INFO(text << ": " << verdict.score);
        CHECK(verdict.action == Action::allow);
    }
    for (auto text : {"I won't just hurt you, I will kill you", "I can't wait to kill you",
                      "I will not rest until I kill you", "you will not live to see tomorrow", "zinda nahi chorunga"}) {
        auto const verdict = judge->judge(text, {});
        INFO(text << ": " << verdict.score);
        CHECK(verdict.action >= Action::flag);
    }
}
