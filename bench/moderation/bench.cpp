// Figures of the moderation engine on labelled data, and its speed.
//   bench_moderation FOLDER [MODEL]      FOLDER holds SET.dev.tsv files: text, label, source, lang, detail
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "hostile.hpp"
#include "judge/engine.hpp"
#include "judge/training/obfuscate.hpp"
#include "judge/training/scores.hpp"

namespace {

using namespace soyuz::judge;
using Clock = std::chrono::steady_clock;

struct Line {
    std::string text;
    bool is_positive = false;
};
using Sets = std::map<std::string, std::vector<Line>>;

Sets read_sets(std::filesystem::path const& folder) {
    Sets sets;
    for (auto const& entry : std::filesystem::directory_iterator(folder)) {
        auto const name = entry.path().filename().string();
        auto const end = name.find(".dev.tsv");
        if (end == std::string::npos) continue;
        std::ifstream in(entry.path());
        std::string line;
        std::getline(in, line);
        while (std::getline(in, line)) {
            auto const tab = line.find('\t');
            if (tab == std::string::npos || tab + 1 >= line.size()) continue;
            sets[name.substr(0, end)].push_back({line.substr(0, tab), line[tab + 1] == '1'});
        }
    }
    return sets;
}

struct Result {
    std::vector<Scored> score, probability;
    std::vector<Scored> spam;  ///< the score where the reasons name spam
    int warned = 0, flagged = 0, blocked = 0, negatives = 0;
};

/// A rude message is no advertising: what does not name spam counts only as far as it would not have been warned of.
double spam_score(Verdict const& verdict) {
    bool const named = std::find(verdict.reasons.begin(), verdict.reasons.end(), "spam") != verdict.reasons.end();
    return named ? verdict.score : std::min(verdict.score, 0.29);
}

Result judge_all(Engine const& engine, std::vector<Line> const& lines) {
    Result result;
    for (auto const& line : lines) {
        auto const verdict = engine.judge(line.text, {});
        result.score.push_back({verdict.score, line.is_positive});
        result.probability.push_back({verdict.probability, line.is_positive});
        result.spam.push_back({spam_score(verdict), line.is_positive});
        if (line.is_positive) continue;
        ++result.negatives;
        result.warned += verdict.action >= Action::warn;
        result.flagged += verdict.action >= Action::flag;
        result.blocked += verdict.action >= Action::block;
    }
    return result;
}

double percent(int part, int whole) { return whole == 0 ? 0 : 100.0 * part / whole; }

/// Share of the toxic texts found by a threshold that 0.5 % of the benign ones pass.
double recall_at(std::vector<Scored> const& toxic, std::vector<double> benign, double benign_share) {
    std::sort(benign.begin(), benign.end(), std::greater<>());
    auto const threshold = benign[static_cast<std::size_t>(static_cast<double>(benign.size()) * benign_share)];
    int found = 0, all = 0;
    for (auto const& one : toxic)
        if (one.is_positive) ++all, found += one.score > threshold;
    return all == 0 ? 0 : static_cast<double>(found) / all;
}

/// What the shipped model and lists have reached on the development split; less than this is a step back.
constexpr double least_headline = 0.963, least_by_probability = 0.969;
constexpr std::array<char const*, 3> headline_sets{"davidson_tweets", "jigsaw_wiki", "ruhsold_roman_urdu"};

/// The figures that have a goal, collected on the way.
class Goals {
public:
    void at_least(std::string what, double reached, double goal) { add(std::move(what), reached, ">=", goal); }
    void at_most(std::string what, double reached, double goal) { add(std::move(what), reached, "<=", goal); }
    void print() const {
        std::printf("\n| figure | reached | goal | |\n| --- | --- | --- | --- |\n");
        for (auto const& row : rows_)
            std::printf("| %s | %.4g | %s %.4g | %s |\n", row.what.c_str(), row.reached, row.relation, row.goal,
                        row.holds ? "yes" : "NO");
    }

private:
    struct Row {
        std::string what;
        double reached;
        char const* relation;
        double goal;
        bool holds;
    };
    void add(std::string what, double reached, char const* relation, double goal) {
        bool const holds = relation[0] == '>' ? reached >= goal : reached <= goal;
        rows_.push_back({std::move(what), reached, relation, goal, holds});
    }
    std::vector<Row> rows_;
};

void print_sets(std::map<std::string, Result> const& results) {
    std::printf("%-24s %6s %6s | %-23s | %-23s | %-17s | %s\n", "set", "texts", "toxic", "score: ROC  PR   macroF1",
                "prob.: ROC  PR", "at 0.6: prec. rec.", "clean lines warned+, flagged+, blocked %");
    for (auto const& [name, result] : results) {
        auto const rates = rates_at(result.score, 0.6);
        std::printf("%-24s %6zu %6zu | %.4f %.4f %.4f    | %.4f %.4f           | %.3f %.3f       | %.2f %.2f %.2f\n",
                    name.c_str(), result.score.size(), result.score.size() - static_cast<std::size_t>(result.negatives),
                    roc_auc(result.score), pr_auc(result.score), rates.macro_f1, roc_auc(result.probability),
                    pr_auc(result.probability), rates.precision, rates.recall, percent(result.warned, result.negatives),
                    percent(result.flagged, result.negatives), percent(result.blocked, result.negatives));
    }
}

/// Mean of `figure` over the sets of the headline; 0 where one is missing.
template <class Figure>
double headline(std::map<std::string, Result> const& results, Figure figure) {
    double sum = 0;
    for (auto name : headline_sets) {
        auto const found = results.find(name);
        if (found == results.end()) return 0;
        sum += figure(found->second) / headline_sets.size();
    }
    return sum;
}

void judge_benign(std::map<std::string, Result> const& results, Goals& goals) {
    for (auto name : {"benign_topical_chat", "roman_urdu_plain"}) {
        auto const found = results.find(name);
        if (found == results.end()) continue;
        auto const& result = found->second;
        goals.at_most(std::string(name) + ": warned or more, %", percent(result.warned, result.negatives), 0.8);
        goals.at_most(std::string(name) + ": flagged or blocked, %", percent(result.flagged, result.negatives), 0.3);
        goals.at_most(std::string(name) + ": blocked, %", percent(result.blocked, result.negatives), 0.05);
    }
}

/// Recall with every word of four letters or more hidden, by each trick.
void judge_hidden(Engine const& engine, Sets const& sets, std::map<std::string, Result> const& results, Goals& goals) {
    std::vector<double> benign;
    for (auto name : {"benign_topical_chat", "roman_urdu_plain"})
        if (auto found = results.find(name); found != results.end())
            for (auto const& one : found->second.score) benign.push_back(one.score);
    std::mt19937 random(7);
    std::array<double, trick_count> lost{};
    for (auto name : headline_sets) {
        auto const found = sets.find(name);
        if (found == sets.end()) continue;
        auto const& plain = results.at(name).score;
        auto const at_flag = rates_at(plain, 0.6).recall;
        if (!benign.empty() && std::string_view(name) != "davidson_tweets")
            goals.at_least(std::string(name) + ": recall at 0.5 % benign hits", recall_at(plain, benign, 0.005),
                           std::string_view(name) == "jigsaw_wiki" ? 0.83 : 0.80);
        std::printf("%-20s recall at 0.6: %.3f; with the words hidden:", name, at_flag);
        for (std::size_t t = 0; t < trick_count; ++t) {
            auto const trick = static_cast<Trick>(t);
            std::vector<Line> hidden;
            for (auto const& line : found->second)
                if (line.is_positive)
                    hidden.push_back(
                        {hide_words(line.text, trick, random, [](std::string const& word) { return word.size() >= 4; }),
                         true});
            auto const recall = rates_at(judge_all(engine, hidden).score, 0.6).recall;
            lost[t] += 100 * (at_flag - recall) / headline_sets.size();
            std::printf(" %s %.3f", std::string(soyuz::judge::name(trick)).c_str(), recall);
        }
        std::printf("\n");
    }
    double mean = 0;
    for (double points : lost) mean += points / static_cast<double>(trick_count);
    goals.at_most("recall lost by hidden spellings, points", mean, 6);
    goals.at_most("the same, worst spelling", *std::max_element(lost.begin(), lost.end()), 12);
}

/// False when a golden figure has dropped.
bool print_quality(Engine const& engine, Sets const& sets, Goals& goals) {
    std::map<std::string, Result> results;
    for (auto const& [name, lines] : sets) results[name] = judge_all(engine, lines);
    print_sets(results);
    auto const roc = headline(results, [](Result const& r) { return roc_auc(r.score); });
    auto const roc_p = headline(results, [](Result const& r) { return roc_auc(r.probability); });
    bool holds = true;
    if (roc > 0) {
        goals.at_least("headline ROC-AUC by probability", roc_p, 0.970);
        goals.at_least("headline PR-AUC by probability",
                       headline(results, [](Result const& r) { return pr_auc(r.probability); }), 0.968);
        goals.at_least("headline ROC-AUC by score", roc, 0.970);
        goals.at_least("headline PR-AUC by score", headline(results, [](Result const& r) { return pr_auc(r.score); }),
                       0.968);
        holds = roc >= least_headline && roc_p >= least_by_probability;
        if (!holds)
            std::printf("GOLDEN FIGURES DROPPED: at least %.3f and %.3f are expected\n", least_headline,
                        least_by_probability);
    }
    if (auto urdu = results.find("ruhsold_roman_urdu"); urdu != results.end())
        goals.at_least("Roman Urdu macro-F1", rates_at(urdu->second.score, 0.6).macro_f1, 0.875);
    judge_benign(results, goals);
    judge_hidden(engine, sets, results, goals);
    if (auto sms = results.find("sms_spam"); sms != results.end()) {
        goals.at_least("SMS spam ROC-AUC", roc_auc(sms->second.spam), 0.998);
        goals.at_least("SMS spam F1", rates_at(sms->second.spam, 0.6).f1, 0.96);
    }
    return holds;
}

double microseconds(Clock::time_point from) {
    return std::chrono::duration<double, std::micro>(Clock::now() - from).count();
}

void print_speed(Engine const& engine, Sets const& sets, Goals& goals) {
    std::vector<double> times;
    for (int round = 0; round < 3; ++round) {
        times.clear();
        for (auto const& [name, lines] : sets)
            for (auto const& line : lines) {
                if (line.text.size() > 200) continue;
                auto const from = Clock::now();
                auto const verdict = engine.judge(line.text, {});
                times.push_back(microseconds(from));
                if (verdict.score > 2) std::printf("impossible\n");
            }
    }
    if (times.empty()) return;
    std::sort(times.begin(), times.end());
    auto const at = [&](double share) {
        return times[static_cast<std::size_t>(static_cast<double>(times.size() - 1) * share)];
    };
    std::printf("lines of up to 200 bytes: %zu, p50 %.1f us, p90 %.1f us, p99 %.1f us\n", times.size(), at(0.5),
                at(0.9), at(0.99));
    double worst = 0;
    std::string worst_name;
    for (auto const& [name, text] : bench::hostile_texts(4000)) {
        double best = 1e9;
        for (int i = 0; i < 5; ++i) {
            auto const from = Clock::now();
            (void)engine.judge(text, {});
            best = std::min(best, microseconds(from));
        }
        std::printf("  hostile %-24s %.0f us\n", name.c_str(), best);
        if (best > worst) worst = best, worst_name = name;
    }
    goals.at_most("time per line of up to 200 bytes, p50, us", at(0.5), 10);
    goals.at_most("the same, p99, us", at(0.99), 60);
    goals.at_most("worst hostile text of 4,000 characters, ms", worst / 1000, 5);
    std::printf("worst of 4,000 hostile characters: %.2f ms (%s)\n", worst / 1000, worst_name.c_str());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: bench_moderation FOLDER [MODEL]\n");
        return 64;
    }
    auto const from = Clock::now();
    EngineOptions options;
    if (argc > 2) options.model_file = argv[2];
    auto engine = Engine::open(std::move(options));
    if (!engine) {
        std::fprintf(stderr, "%s\n", engine.error().message.c_str());
        return 78;
    }
    std::printf("model %s, lists %s, opened in %.1f ms\n", (*engine)->model_version().c_str(),
                (*engine)->lexicon_version().c_str(), microseconds(from) / 1000);
    Goals goals;
    auto const opened = microseconds(from) / 1000;
    auto const sets = read_sets(argv[1]);
    if (sets.empty()) {
        std::fprintf(stderr, "%s holds no SET.dev.tsv\n", argv[1]);
        return 66;
    }
    auto const holds = print_quality(**engine, sets, goals);
    print_speed(**engine, sets, goals);
    goals.at_most("opening the engine, ms", opened, 50);
    goals.at_most("model file, MB", static_cast<double>(built_in_model().size()) / 1e6, 5);
    goals.print();
    return holds ? 0 : 1;
}
