#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "judge/engine.hpp"
#include "judge/training/scores.hpp"

using namespace soyuz::judge;

namespace {

struct Judged {
    std::vector<Scored> score, probability;
};

/// A labelled set: text, label, source, language, detail.
Judged judged(Engine const& engine, std::string const& set) {
    Judged result;
    std::ifstream in(std::string(SOYUZ_JUDGE_TESTS) + "/golden/" + set + ".dev.tsv");
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        auto const tab = line.find('\t');
        REQUIRE(tab != std::string::npos);
        auto const verdict = engine.judge(line.substr(0, tab), {});
        bool const toxic = line.compare(tab + 1, 1, "1") == 0;
        result.score.push_back({verdict.score, toxic});
        result.probability.push_back({verdict.probability, toxic});
    }
    REQUIRE(result.score.size() == 300);
    return result;
}

}  // namespace

TEST_CASE("the shipped model and lists are as good as they were on texts that they never saw") {
    auto engine = Engine::open();
    REQUIRE(engine);
    struct Golden {
        char const* set;
        double by_probability, by_score, macro_f1;
    };
    for (auto const& golden :
         {Golden{"davidson_tweets", 0.984, 0.981, 0.92}, Golden{"ruhsold_roman_urdu", 0.95, 0.937, 0.855}}) {
        auto const result = judged(**engine, golden.set);
        INFO(golden.set << ": ROC-AUC by probability " << roc_auc(result.probability) << ", by score "
                        << roc_auc(result.score) << ", macro-F1 " << rates_at(result.score, 0.6).macro_f1);
        CHECK(roc_auc(result.probability) >= golden.by_probability);
        CHECK(roc_auc(result.score) >= golden.by_score);
        CHECK(rates_at(result.score, 0.6).macro_f1 >= golden.macro_f1);
    }
}
