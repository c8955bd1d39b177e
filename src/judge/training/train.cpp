#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <random>

#include "base/log.hpp"
#include "judge/classifier/features.hpp"
#include "judge/classifier/model.hpp"
#include "judge/commands.hpp"
#include "judge/engine.hpp"
#include "judge/reading/normaliser.hpp"
#include "judge/training/csv.hpp"
#include "judge/training/head_training.hpp"
#include "judge/training/obfuscate.hpp"
#include "judge/training/scores.hpp"
#include "judge/training/training_words.hpp"

namespace soyuz::judge {
namespace {

constexpr int exit_data = 65, exit_output = 73;
constexpr std::uint32_t toxic_bits = 21, urdu_bits = 19, spam_bits = 18;
constexpr std::string_view roman_urdu = "ur-Latn";
constexpr unsigned calibrated_on = 16;  // every sixteenth text is kept back for the calibration

using Label = Sample::Label;

bool is_spam_task(Label label) { return label == Label::ham || label == Label::spam; }

void add_entries(std::vector<Features::Owned> const& features, std::uint32_t bits, double scale,
                 std::vector<WeightedBucket>& entries) {
    for (auto const& feature : features) entries.push_back({feature.hash >> (32 - bits), static_cast<float>(scale)});
}

std::vector<WeightedBucket> entries_of(Features const& features, std::uint32_t bits) {
    std::vector<WeightedBucket> entries, merged;
    add_entries(features.words, bits, scale_of_words(features.words.size()), entries);
    add_entries(features.grams, bits, scale_of_grams(features.grams.size()), entries);
    add_entries(features.signals, bits, scale_of_signals, entries);
    std::sort(entries.begin(), entries.end(),
              [](WeightedBucket const& a, WeightedBucket const& b) { return a.bucket < b.bucket; });
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
    ReadText text_;
    Findings findings_;
    Features features_;
};

std::string rounded(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", value);
    return text;
}

/// Figures on the texts held out, by where they are from; a JSON document for the model card.
std::string report(Model const& model, Lexicon const& lexicon, std::vector<Sample> const& held_out) {
    std::map<std::string, std::vector<Scored>> by_source;
    ReadText text;
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
