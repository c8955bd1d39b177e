#include "judge/training/head_training.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>

#include <linear.h>

#include "base/log.hpp"

namespace soyuz::judge {
namespace {

constexpr std::uint32_t rarest_feature = 3;  // texts that a feature must stand in to be kept

/// How much a feature counts: more for being rare (TF-IDF), and, with the share `by_class`, more for standing in one
/// class and not the other (Wang and Manning 2012, naive-Bayes features). 0 for those too rare to trust.
std::vector<float> importance(std::vector<Row> const& rows, std::uint32_t bits, double by_class) {
    std::vector<std::uint32_t> texts(std::size_t{1} << bits), positive(std::size_t{1} << bits);
    double positives = 0;
    for (auto const& row : rows) {
        positives += row.is_positive;
        for (auto const& entry : row.entries) {
            ++texts[entry.bucket];
            positive[entry.bucket] += row.is_positive;
        }
    }
    auto const share = positives / static_cast<double>(rows.size());
    std::vector<float> out(texts.size());
    auto const all = static_cast<double>(rows.size());
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (texts[i] >= rarest_feature) {
            auto const found = (positive[i] + share) / (texts[i] + 1.0);
            auto const ratio = std::abs(std::log(found / (1 - found)) - std::log(share / (1 - share)));
            out[i] = static_cast<float>((0.5 + 0.5 * std::log(all / texts[i])) * (1 - by_class + by_class * ratio));
        }
    return out;
}

/// What the heads say of a text kept back: the whole, the worst passage, and 1.
constexpr std::size_t inputs = 3;
struct Shown {
    std::array<double, inputs> x;
    bool is_positive;
};

/// Equations by elimination.
std::array<double, inputs> solved(std::array<std::array<double, inputs>, inputs> m, std::array<double, inputs> y) {
    for (std::size_t i = 0; i < inputs; ++i) {
        for (std::size_t row = i + 1; row < inputs; ++row) {
            auto const factor = m[row][i] / m[i][i];
            for (std::size_t k = i; k < inputs; ++k) m[row][k] -= factor * m[i][k];
            y[row] -= factor * y[i];
        }
    }
    for (std::size_t i = inputs; i-- > 0;) {
        for (std::size_t k = i + 1; k < inputs; ++k) y[i] -= m[i][k] * y[k];
        y[i] /= m[i][i];
    }
    return y;
}

/// Platt scaling (Lin, Lin and Weng 2007) over several readings, by Newton's method on the texts kept back. The
/// readings hang together, so a little ridge keeps them apart.
std::array<double, inputs> calibration(std::vector<Shown> const& texts) {
    double positives = 0, negatives = 0;
    for (auto const& text : texts) (text.is_positive ? positives : negatives) += 1;
    std::array<double, inputs> w{1, 0, 0};
    if (positives == 0 || negatives == 0) return w;
    auto const high = (positives + 1) / (positives + 2), low = 1 / (negatives + 2);
    for (int round = 0; round < 60; ++round) {
        std::array<double, inputs> gradient{};
        std::array<std::array<double, inputs>, inputs> curve{};
        for (std::size_t i = 0; i < inputs; ++i) curve[i][i] = 1e-3;
        for (auto const& text : texts) {
            double sum = 0;
            for (std::size_t i = 0; i < inputs; ++i) sum += w[i] * text.x[i];
            auto const p = 1 / (1 + std::exp(-sum));
            auto const gap = p - (text.is_positive ? high : low);
            for (std::size_t i = 0; i < inputs; ++i) {
                gradient[i] += gap * text.x[i];
                for (std::size_t k = 0; k < inputs; ++k) curve[i][k] += p * (1 - p) * text.x[i] * text.x[k];
            }
        }
        auto const step = solved(curve, gradient);
        double size = 0;
        for (std::size_t i = 0; i < inputs; ++i) {
            w[i] -= step[i];
            size += std::abs(step[i]);
        }
        if (size < 1e-9) break;
    }
    return w;
}

/// A column of its own for every place, so that what a place is like (tweets are mostly rude, encyclopedists mostly
/// not) is not learnt as a property of its words. Places of nearly one class share one: there it is the words.
std::vector<int> columns_of_places(std::vector<Row> const& rows) {
    std::vector<std::array<double, 2>> counts;
    for (auto const& row : rows) {
        counts.resize(std::max<std::size_t>(counts.size(), row.place + 1));
        counts[row.place][row.is_positive] += 1;
    }
    std::vector<int> columns;
    int next = 1;
    for (auto const& [clean, positive] : counts)
        columns.push_back(std::min(clean, positive) < 0.05 * (clean + positive) ? 0 : next++);
    return columns;
}

}  // namespace

Head fit(std::vector<Row> const& rows, std::uint32_t bits, double cost, double by_class, unsigned seed) {
    auto const idf = importance(rows, bits, by_class);
    std::vector<std::vector<feature_node>> nodes;
    std::vector<feature_node*> pointers;
    std::vector<double> labels;
    auto const places = columns_of_places(rows);
    auto const place_index = static_cast<int>((std::size_t{1} << bits) + 1);
    auto const bias_index = place_index + static_cast<int>(places.size()) + 1;
    for (auto const& row : rows) {
        if (row.calibrates) continue;
        std::vector<feature_node> made;
        made.reserve(row.entries.size() + 2);
        for (auto const& entry : row.entries)
            if (idf[entry.bucket] > 0)
                made.push_back(
                    {static_cast<int>(entry.bucket) + 1, static_cast<double>(entry.value * idf[entry.bucket])});
        made.push_back({place_index + places[row.place], 1.0});
        made.push_back({bias_index, 1.0});
        made.push_back({-1, 0});
        nodes.push_back(std::move(made));
        labels.push_back(row.is_positive ? 1 : -1);
    }
    for (auto& made : nodes) pointers.push_back(made.data());
    problem task{};
    task.l = static_cast<int>(nodes.size());
    task.n = bias_index;
    task.y = labels.data();
    task.x = pointers.data();
    task.bias = 1;
    parameter settings{};
    settings.solver_type = L2R_LR_DUAL;
    settings.C = cost;
    settings.eps = 0.05;
    settings.p = 0.1;
    set_print_string_function([](char const*) {});
    std::srand(seed);  // LIBLINEAR shuffles with rand()
    model* found = train(&task, &settings);
    double const sign = found->label[0] == 1 ? 1 : -1;

    Head head;
    head.bits = bits;
    std::vector<double> weights(std::size_t{1} << bits);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = sign * found->w[i] * static_cast<double>(idf[i]);
    head.bias = static_cast<float>(sign * found->w[bias_index - 1]);
    free_and_destroy_model(&found);

    std::vector<double> sizes;
    for (double w : weights)
        if (w != 0) sizes.push_back(std::abs(w));
    std::sort(sizes.begin(), sizes.end());
    auto const widest =
        sizes.empty() ? 1.0 : sizes[static_cast<std::size_t>(static_cast<double>(sizes.size() - 1) * 0.9999)];
    head.scale = static_cast<float>(widest / 127);
    head.weights.resize(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
        head.weights[i] = static_cast<std::int8_t>(
            std::clamp(std::lround(weights[i] / static_cast<double>(head.scale)), -127L, 127L));

    return head;
}

void calibrate(Head& head, std::vector<Row> const& rows) {
    std::vector<Shown> shown;
    for (auto const& row : rows) {
        if (!row.calibrates) continue;
        auto const reading = head.read(*row.features);
        shown.push_back({{reading.margin, reading.peak, 1}, row.is_positive});
    }
    auto const w = calibration(shown);
    head.slope = static_cast<float>(w[0]);
    head.peak_slope = static_cast<float>(w[1]);
    head.offset = static_cast<float>(w[2]);
    base::log::info("calibration: whole " + std::to_string(w[0]) + ", worst passage " + std::to_string(w[1]));
}

// Too few texts are kept back to weigh the readings against
// each other: their shares are fixed, as they did best on the development split.
void calibrate_together(Head& head, std::vector<Row> const& rows, Head const& partner) {
    constexpr double whole = 0.5, worst_passage = 0.5, partners_whole = 0.25;
    std::vector<Shown> shown;
    for (auto const& row : rows) {
        if (!row.calibrates) continue;
        auto const reading = head.read(*row.features);
        auto const both =
            whole * reading.margin + worst_passage * reading.peak + partners_whole * partner.read(*row.features).margin;
        shown.push_back({{both, 0, 1}, row.is_positive});
    }
    auto const w = calibration(shown);
    head.slope = static_cast<float>(whole * w[0]);
    head.peak_slope = static_cast<float>(worst_passage * w[0]);
    head.partner_slope = static_cast<float>(partners_whole * w[0]);
    head.offset = static_cast<float>(w[2]);
    base::log::info("calibration: both " + std::to_string(w[0]));
}

}  // namespace soyuz::judge
