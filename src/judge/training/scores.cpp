#include "judge/training/scores.hpp"

#include <algorithm>

namespace soyuz::judge {
namespace {

void sort_by_score(std::vector<Scored>& scored) {
    std::sort(scored.begin(), scored.end(), [](Scored const& a, Scored const& b) { return a.score > b.score; });
}

double f1_of(double hits, double false_alarms, double misses) {
    return hits == 0 ? 0 : 2 * hits / (2 * hits + false_alarms + misses);
}

}  // namespace

double roc_auc(std::vector<Scored> scored) {
    sort_by_score(scored);
    double above = 0, negatives = 0, pairs = 0;
    for (std::size_t i = 0; i < scored.size();) {
        double positive = 0, negative = 0;
        auto const score = scored[i].score;
        for (; i < scored.size() && scored[i].score == score; ++i) (scored[i].is_positive ? positive : negative) += 1;
        pairs += negative * above + negative * positive / 2;
        above += positive;
        negatives += negative;
    }
    return above == 0 || negatives == 0 ? 0.5 : pairs / (above * negatives);
}

double pr_auc(std::vector<Scored> scored) {
    sort_by_score(scored);
    double seen = 0, hits = 0, sum = 0;
    for (std::size_t i = 0; i < scored.size();) {
        double positive = 0;
        auto const score = scored[i].score;
        for (; i < scored.size() && scored[i].score == score; ++i, ++seen) positive += scored[i].is_positive;
        hits += positive;
        sum += positive * hits / seen;
    }
    return hits == 0 ? 0 : sum / hits;
}

Rates rates_at(std::vector<Scored> const& scored, double threshold) {
    double hits = 0, false_alarms = 0, misses = 0, passes = 0;
    for (auto const& one : scored) {
        bool const found = one.score >= threshold;
        (found ? (one.is_positive ? hits : false_alarms) : (one.is_positive ? misses : passes)) += 1;
    }
    Rates rates;
    rates.precision = hits == 0 ? 0 : hits / (hits + false_alarms);
    rates.recall = hits == 0 ? 0 : hits / (hits + misses);
    rates.f1 = f1_of(hits, false_alarms, misses);
    rates.macro_f1 = (rates.f1 + f1_of(passes, misses, false_alarms)) / 2;
    return rates;
}

}  // namespace soyuz::judge
