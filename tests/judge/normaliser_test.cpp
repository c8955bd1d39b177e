#include "judge/reading/normaliser.hpp"

#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "judge/engine.hpp"
#include "judge/lists/lexicon.hpp"

using namespace soyuz::judge;

namespace {

std::shared_ptr<Lexicon const> lists() {
    std::vector<std::uint32_t> words;
    for (auto word :
         {"push", "it", "he", "she", "class", "pass", "word", "stop", "hello", "so", "good", "this", "is", "a", "test"})
        words.push_back(static_cast<std::uint32_t>(hash_of(word)));
    auto compiled = Lexicon::compile(built_in_lexicons(), Vocabulary(words));
    REQUIRE(compiled);
    return *compiled;
}

/// The words of `text` as they were meant, with single spaces between.
std::string meant(std::string_view text) {
    static auto const lexicon = lists();
    ReadText out;
    normalise(text, *lexicon, out);
    std::string joined;
    for (auto const& token : out.tokens) {
        if (!joined.empty()) joined += ' ';
        joined += out.of(token);
    }
    return joined;
}

}  // namespace

TEST_CASE("the normaliser reads a text as its author meant it") {
    for (auto [text, expected] : {std::pair{"Hello THIS is", "hello this is"},
                                  {"ｆｕｌｌ ｗｉｄｔｈ", "full width"},
                                  {"𝓕𝓾𝓬𝓴 𝔽𝕦𝕔𝕜", "fuck fuck"},
                                  {"Ⓕⓤⓒⓚ", "fuck"},
                                  {"fυсk", "fuck"},
                                  {"f\u200bu\u200dc\u2060k", "fuck"},
                                  {"\u202ekcuf\u202c", "fuck"},
                                  {"f̶u̶c̶k̶", "fuck"},
                                  {"fück", "fuck"},
                                  {"$h!t", "shit"},
                                  {"1d10t", "idiot"},
                                  {"f.u.c.k", "fuck"},
                                  {"f-u-c-k", "fuck"},
                                  {"f u c k", "fuck"},
                                  {"f*ck", "fuck"},
                                  {"f**k", "fuck"},
                                  {"f***", "fuck"},
                                  {"fuuuuuck", "fuck"},
                                  {"fuuucckkk", "fuck"},
                                  {"asssshole", "asshole"},
                                  {"soooo goooood", "so good"},
                                  {"idoit", "idiot"},
                                  {"bi tch", "bitch"},
                                  {"don't", "do not"},
                                  {"can't won't you're", "can not will not you are"},
                                  {"dont youre", "do not you are"}}) {
        INFO(text);
        CHECK(meant(text) == expected);
    }
}

TEST_CASE("what is no disguise stays what it is") {
    for (auto [text, expected] : {std::pair{"push it", "push it"},
                                  {"push-it", "push it"},
                                  {"pass.word", "pass word"},
                                  {"he/she", "he she"},
                                  {"class", "class"},
                                  {"3rd 10am 5g", "3rd 10am 5g"},
                                  {"a*b", "a b"},
                                  {"*hello* **this**", "hello this"},
                                  {"hello, this. is! a test?", "hello this is a test"},
                                  {"@ali_99 hello", "@user hello"},
                                  {"https://example.com/a?b=c hello", "http hello"},
                                  {"ali@example.com", "@mail"}}) {
        INFO(text);
        CHECK(meant(text) == expected);
    }
}

TEST_CASE("each word knows where it stood, in code points of the original") {
    static auto const lexicon = lists();
    ReadText out;
    normalise("Ünder 😂 f u c k, i​diot", *lexicon, out);
    REQUIRE(out.tokens.size() == 4);
    CHECK(out.of(out.tokens[2]) == "fuck");
    CHECK(out.tokens[2].start == 8);
    CHECK(out.tokens[2].end == 15);
    CHECK(out.of(out.tokens[3]) == "idiot");
    CHECK(out.tokens[3].start == 17);
    CHECK(out.tokens[3].end == 23);
}

TEST_CASE("broken UTF-8 and odd sizes are read without harm") {
    for (std::string const& text :
         {std::string(), std::string(" "), std::string("\xff\xfe"), std::string("\xc3"), std::string("\xf0\x9f"),
          std::string(4000, 'a'), std::string(4000, '*'), std::string(4000, '\''), std::string("\0a\0", 3)}) {
        static auto const lexicon = lists();
        ReadText out;
        normalise(text, *lexicon, out);
        for (auto const& token : out.tokens) {
            CHECK(token.start < token.end);
            CHECK(token.end <= out.shape.code_points);
        }
    }
}
