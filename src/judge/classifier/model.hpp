#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "judge/classifier/features.hpp"
#include "judge/policy.hpp"
#include "judge/reading/vocabulary.hpp"

namespace soyuz::judge {

/// One linear classifier over hashed features: weights of one byte each and a calibration (Platt 1999).
struct Head {
    std::uint32_t bits = 0;  ///< 2^bits weights
    float scale = 0;         ///< of a weight's unit
    float bias = 0;
    float slope = 1;  ///< probability = 1 / (1 + exp(-(slope * margin + peak_slope * peak + offset)))
    float peak_slope = 0;
    float offset = 0;
    float partner_slope = 0;  ///< of the margin that another head gives, where the two are read together
    std::vector<std::int8_t> weights;

    /// What the text as a whole says, and what its worst passage of twelve words says: an insult does not get milder
    /// by standing in a long letter. In a short text the two are the same.
    struct Reading {
        double margin = 0;
        double peak = 0;
    };
    Reading read(Features const& features) const;
    double probability(Reading const& reading, double partner_margin = 0) const;
};

/// How the three kinds of features are scaled against each other; fixed by the format.
double scale_of_words(std::size_t count);
double scale_of_grams(std::size_t count);
inline constexpr double scale_of_signals = 0.35;

/// A trained classifier as it stands in a model file: "soyuzmod", format, sizes, heads, word lists, checksum.
/// Read-only once made; may be used from any thread.
class Model {
public:
    /// Errors: invalid_value for another format, a wrong size or a wrong checksum.
    static base::Result<std::unique_ptr<Model const>> read(std::string_view bytes);

    std::string bytes() const;

    Opinion opinion(Features const& features) const;

    Vocabulary const& vocabulary() const { return vocabulary_; }  ///< ordinary words
    Vocabulary const& urdu() const { return urdu_; }              ///< words that only Roman Urdu uses
    std::string const& version() const { return version_; }

    /// The parts of a model; the word lists hold hashes. `urdu` is read beside `toxic` where Roman Urdu is spoken.
    struct Parts {
        Head toxic, urdu, spam;
        std::vector<std::uint32_t> words, urdu_words;
    };
    static std::unique_ptr<Model> make(Parts parts);

private:
    double toxicity(Features const& features) const;

    Parts parts_;
    Vocabulary vocabulary_, urdu_;
    std::string version_;
};

}  // namespace soyuz::judge
