#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <unordered_map>

#include <linear.h>

#include "base/log.hpp"
#include "judge/classifier/features.hpp"
#include "judge/classifier/model.hpp"
#include "judge/commands.hpp"
#include "judge/engine.hpp"
#include "judge/reading/normaliser.hpp"
#include "judge/training/csv.hpp"
#include "judge/training/figures.hpp"
#include "judge/training/obfuscate.hpp"
#include "judge/training/training_words.hpp"

namespace soyuz::judge {
namespace {

constexpr int exit_data = 65, exit_output = 73;
constexpr std::uint32_t toxic_bits = 21, urdu_bits = 19, spam_bits = 18;
constexpr std::string_view roman_urdu = "ur-Latn";
constexpr std::uint32_t rarest_feature = 3;  // texts that a feature must stand in to be kept
constexpr unsigned calibrated_on = 16;       // every sixteenth text is kept back for the calibration

using Label = Sample::Label;

bool is_spam_task(Label label) { return label == Label::ham || label == Label::spam; }

struct Entry {
    std::uint32_t bucket;
    float value;
};

/// One text as the solver sees it: each bucket once.
struct Row {
    std::vector<Entry> entries;
    std::unique_ptr<Features> features;  ///< kept of the texts that calibrate
    std::uint32_t place = 0;
    bool is_positive = false;
    bool calibrates = false;
};

void add_entries(std::vector<Features::Owned> const& features, std::uint32_t bits, double scale,
                 std::vector<Entry>& entries) {
    for (auto const& feature : features) entries.push_back({feature.hash >> (32 - bits), static_cast<float>(scale)});
}

std::vector<Entry> entries_of(Features const& features, std::uint32_t bits) {
    std::vector<Entry> entries, merged;
    add_entries(features.words, bits, scale_of_words(features.words.size()), entries);
    add_entries(features.grams, bits, scale_of_grams(features.grams.size()), entries);
    add_entries(features.signals, bits, scale_of_signals, entries);
    std::sort(entries.begin(), entries.end(), [](Entry const& a, Entry const& b) { return a.bucket < b.bucket; });
    for (auto const& entry : entries) {
        if (!merged.empty() && merged.back().bucket == entry.bucket)
            merged.back().value += entry.value;
        else
            merged.push_back(entry);
    }
    return merged;
}

/// Turns texts into rows, with hidden spellings of some of them added.
class Rows {
public:
    Rows(Lexicon const& lexicon, unsigned seed) : lexicon_(lexicon), random_(seed) {}

    Row row(std::string_view text, std::uint32_t bits, bool calibrates) {
        normalise(text, lexicon_, text_);
        lexicon_.find(text_, findings_);
        extract(text_, lexicon_, findings_, features_);
        Row row;
        row.entries = entries_of(features_, bits);
        if (calibrates) row.features = std::make_unique<Features>(features_);
        row.calibrates = calibrates;
        return row;
    }

    /// One word in three, and every listed one, is hidden.
    std::string hidden(std::string_view text) {
        auto const trick = static_cast<Trick>(random_() % trick_count);
        return hide_words(text, trick, random_, [&](std::string const& word) {
            return word.size() >= 4 && (lexicon_.badness(word) > 0 || random_() % 3 == 0);
        });
    }

    std::uint32_t draw(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

private:
    Lexicon const& lexicon_;
    std::mt19937 random_;
    Text text_;
    Findings findings_;
    Features features_;
};

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

/// Logistic regression over the rows; weights rounded to one byte.
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

/// The same for a head that is read together with `partner`. Too few texts are kept back to weigh the readings against
/// each other: their shares are fixed, as they did best on the development split.
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

std::string rounded(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", value);
    return text;
}

/// Figures on the texts held out, by where they are from; a JSON document for the model card.
std::string report(Model const& model, Lexicon const& lexicon, std::vector<Sample> const& held_out) {
    std::map<std::string, std::vector<Scored>> by_source;
    Text text;
    Findings findings;
    Features features;
    for (auto const& sample : held_out) {
        normalise(sample.text, lexicon, text);
        lexicon.find(text, findings);
        extract(text, lexicon, findings, features);
        auto const opinion = model.opinion(features);
        auto const spam = is_spam_task(sample.label);
        by_source[sample.source].push_back(
            {spam ? opinion.spam : opinion.toxic, sample.label == Label::toxic || sample.label == Label::spam});
    }
    std::string out = "{\n  \"model\": \"" + model.version() + "\",\n  \"lexicon\": \"" + lexicon.version() +
                      "\",\n  \"held_out\": {";
    char const* separator = "\n";
    for (auto const& [source, scored] : by_source) {
        auto const at_half = rates_at(scored, 0.5);
        auto const positives =
            std::count_if(scored.begin(), scored.end(), [](Scored const& one) { return one.is_positive; });
        auto const false_alarms = std::count_if(scored.begin(), scored.end(),
                                                [](Scored const& one) { return !one.is_positive && one.score >= 0.5; });
        out += separator + ("    \"" + source) + "\": {\"texts\": " + std::to_string(scored.size()) +
               ", \"positive\": " + std::to_string(positives) + ", \"roc_auc\": " + rounded(roc_auc(scored)) +
               ", \"pr_auc\": " + rounded(pr_auc(scored)) + ", \"f1\": " + rounded(at_half.f1) +
               ", \"macro_f1\": " + rounded(at_half.macro_f1) + ", \"false_alarms\": " + std::to_string(false_alarms) +
               "}";
        separator = ",\n";
    }
    return out + "\n  }\n}\n";
}

base::Result<std::vector<Sample>> read_all(std::vector<std::string> const& files) {
    std::vector<Sample> samples;
    for (auto const& file : files) {
        auto read = read_samples(file);
        if (!read) return read.error();
        std::move(read->begin(), read->end(), std::back_inserter(samples));
    }
    return samples;
}

}  // namespace

int train(TrainOptions const& options) {
    auto samples = read_all(options.data);
    if (!samples) return base::log::error(samples.error().message), exit_data;
    auto held_out = read_all(options.held_out);
    if (!held_out) return base::log::error(held_out.error().message), exit_data;

    auto const sources = built_in_lexicons();
    auto bare = Lexicon::compile(sources, Vocabulary{});
    if (!bare) return base::log::error(bare.error().message), exit_data;
    auto vocabulary = ordinary_words(*samples, **bare);
    auto urdu_list = urdu_words(*samples);
    auto lexicon = Lexicon::compile(sources, Vocabulary(vocabulary), Vocabulary(urdu_list));
    base::log::info(std::to_string(samples->size()) + " texts, " + std::to_string(vocabulary.size()) +
                    " ordinary words, " + std::to_string(urdu_list.size()) + " of Roman Urdu");

    Rows rows(**lexicon, options.seed);
    std::vector<Row> toxic, urdu, spam;
    std::map<std::string, std::uint32_t> places;
    std::size_t number = 0;
    for (auto const& sample : *samples) {
        ++number;
        bool const calibrates = number % calibrated_on == 0;
        auto const place = places.try_emplace(sample.place, static_cast<std::uint32_t>(places.size())).first->second;
        auto const add = [&](std::vector<Row>& to, std::uint32_t bits, std::string_view text, bool kept_back) {
            to.push_back(rows.row(text, bits, kept_back));
            to.back().place = place;
            to.back().is_positive = sample.label == Label::toxic || sample.label == Label::spam;
        };
        if (is_spam_task(sample.label)) {
            add(spam, spam_bits, sample.text, calibrates);
            continue;
        }
        bool const is_urdu = sample.language == roman_urdu;
        add(toxic, toxic_bits, sample.text, calibrates);
        if (is_urdu) add(urdu, urdu_bits, sample.text, calibrates);
        // Other people's chat is no advertising, however rude; a part of it suffices to learn that.
        if (number % 8 == 0) {
            add(spam, spam_bits, sample.text, calibrates);
            spam.back().is_positive = false;
        }
        if (!calibrates && rows.draw(100) < (sample.label == Label::toxic ? 20u : 8u)) {
            auto const hidden = rows.hidden(sample.text);
            add(toxic, toxic_bits, hidden, false);
            if (is_urdu) add(urdu, urdu_bits, hidden, false);
        }
    }
    auto const has_both = [](std::vector<Row> const& all) {
        return std::any_of(all.begin(), all.end(), [](Row const& r) { return r.is_positive; }) &&
               std::any_of(all.begin(), all.end(), [](Row const& r) { return !r.is_positive; });
    };
    if (!has_both(toxic)) return base::log::error("the data must hold texts of label 0 and of label 1"), exit_data;

    Model::Parts parts;
    parts.toxic = fit(toxic, toxic_bits, 0.3, 0.75, options.seed);
    calibrate(parts.toxic, toxic);
    base::log::info("toxicity learnt from " + std::to_string(toxic.size()) + " rows");
    if (has_both(urdu)) {
        parts.urdu = fit(urdu, urdu_bits, 0.3, 0.75, options.seed);
        calibrate_together(parts.urdu, urdu, parts.toxic);
    }
    if (has_both(spam)) {
        for (auto& row : spam) row.place = 0;
        parts.spam = fit(spam, spam_bits, 8.0, 0.0, options.seed);
        calibrate(parts.spam, spam);
    }
    parts.words = std::move(vocabulary);
    parts.urdu_words = std::move(urdu_list);
    auto const made = Model::make(std::move(parts));

    std::ofstream out(options.out, std::ios::binary);
    out << made->bytes();
    out.close();
    if (!out) return base::log::error(options.out + " cannot be written"), exit_output;
    if (!options.held_out.empty()) {
        auto const figures = report(*made, **lexicon, *held_out);
        std::ofstream beside(options.out + ".json");
        beside << figures;
        std::cerr << figures;
    }
    return 0;
}

}  // namespace soyuz::judge
