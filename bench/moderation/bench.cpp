// Figures of the moderation engine on labelled data, and its speed.
//   bench_moderation FOLDER [MODEL]      FOLDER holds SET.dev.tsv files: text, label, source, lang, detail
#include <algorithm>
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
#include "moderation/engine.hpp"
#include "moderation/figures.hpp"
#include "moderation/obfuscate.hpp"

namespace {

using namespace soyuz::moderation;
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
    int warned = 0, flagged = 0, blocked = 0, negatives = 0;
};

Result judge_all(Engine const& engine, std::vector<Line> const& lines) {
    Result result;
    for (auto const& line : lines) {
        auto const verdict = engine.judge(line.text, {});
        result.score.push_back({verdict.score, line.is_positive});
        result.probability.push_back({verdict.probability, line.is_positive});
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
constexpr double least_headline = 0.963, least_by_probability = 0.967;

/// False when a golden figure has dropped.
bool print_quality(Engine const& engine, Sets const& sets) {
    std::printf("%-24s %6s %6s | %-23s | %-23s | %-17s | %s\n", "set", "texts", "toxic", "score: ROC  PR   macroF1",
                "prob.: ROC  PR", "at 0.6: prec. rec.", "clean lines warned+, flagged+, blocked %");
    std::map<std::string, Result> results;
    for (auto const& [name, lines] : sets) {
        auto& result = results[name] = judge_all(engine, lines);
        auto const rates = rates_at(result.score, 0.6);
        std::printf("%-24s %6zu %6zu | %.4f %.4f %.4f    | %.4f %.4f           | %.3f %.3f       | %.2f %.2f %.2f\n",
                    name.c_str(), lines.size(), lines.size() - static_cast<std::size_t>(result.negatives),
                    roc_auc(result.score), pr_auc(result.score), rates.macro_f1, roc_auc(result.probability),
                    pr_auc(result.probability), rates.precision, rates.recall, percent(result.warned, result.negatives),
                    percent(result.flagged, result.negatives), percent(result.blocked, result.negatives));
    }
    double roc = 0, pr = 0, roc_p = 0, pr_p = 0;
    int count = 0;
    for (auto name : {"davidson_tweets", "jigsaw_wiki", "ruhsold_roman_urdu"})
        if (auto found = results.find(name); found != results.end()) {
            roc += roc_auc(found->second.score), pr += pr_auc(found->second.score), ++count;
            roc_p += roc_auc(found->second.probability), pr_p += pr_auc(found->second.probability);
        }
    bool holds = true;
    if (count == 3) {
        std::printf("headline: score ROC-AUC %.4f PR-AUC %.4f; probability ROC-AUC %.4f PR-AUC %.4f\n", roc / count,
                    pr / count, roc_p / count, pr_p / count);
        holds = roc / count >= least_headline && roc_p / count >= least_by_probability;
        if (!holds)
            std::printf("GOLDEN FIGURES DROPPED: at least %.3f and %.3f are expected\n", least_headline,
                        least_by_probability);
    }

    std::vector<double> benign;
    for (auto name : {"benign_topical_chat", "roman_urdu_plain"})
        if (auto found = results.find(name); found != results.end())
            for (auto const& one : found->second.score) benign.push_back(one.score);
    if (benign.empty()) return holds;
    std::mt19937 random(7);
    for (auto name : {"davidson_tweets", "jigsaw_wiki", "ruhsold_roman_urdu"}) {
        auto const found = sets.find(name);
        if (found == sets.end()) continue;
        auto const plain = recall_at(results[name].score, benign, 0.005);
        auto const at_flag = rates_at(results[name].score, 0.6).recall;
        std::printf("%-20s recall at 0.5 %% benign hits %.3f; with the words hidden (recall at 0.6: %.3f):", name,
                    plain, at_flag);
        for (std::size_t t = 0; t < trick_count; ++t) {
            auto const trick = static_cast<Trick>(t);
            std::vector<Line> hidden;
            for (auto const& line : found->second)
                if (line.is_positive)
                    hidden.push_back(
                        {hide_words(line.text, trick, random, [](std::string const& word) { return word.size() >= 4; }),
                         true});
            auto const result = judge_all(engine, hidden);
            std::printf(" %s %.3f", std::string(soyuz::moderation::name(trick)).c_str(),
                        rates_at(result.score, 0.6).recall);
        }
        std::printf("\n");
    }
    return holds;
}

double microseconds(Clock::time_point from) {
    return std::chrono::duration<double, std::micro>(Clock::now() - from).count();
}

void print_speed(Engine const& engine, Sets const& sets) {
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
    auto const sets = read_sets(argv[1]);
    auto const holds = print_quality(**engine, sets);
    print_speed(**engine, sets);
    return holds ? 0 : 1;
}
