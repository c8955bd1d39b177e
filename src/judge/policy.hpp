#pragma once

#include <bitset>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "judge/lists/category.hpp"
#include "judge/lists/lexicon.hpp"
#include "judge/patterns/pattern.hpp"
#include "judge/reading/read_text.hpp"

namespace soyuz::judge {

/// From which score on something is done.
struct Thresholds {
    double warn = 0.3;
    double flag = 0.6;  ///< TOXIC_THRESHOLD
    double block = 0.9;
};

enum class Preset { relaxed, school, strict };

/// school is the default. relaxed lets swearing among friends pass and needs clearer cases; strict acts earlier.
Thresholds thresholds_of(Preset preset);

/// How a room wants to be moderated.
struct RoomPolicy {
    Preset preset = Preset::school;
    Thresholds thresholds;
    std::bitset<category_count> categories = std::bitset<category_count>{}.set();  ///< switched on
    std::set<std::string, std::less<>> rules_off;                                  ///< names of pattern rules
    std::shared_ptr<Lexicon const> watch_words;                                    ///< may be absent
};

/// What the classifier says of a text.
struct Opinion {
    bool present = false;
    double toxic = 0;  ///< calibrated probability
    double spam = 0;
    std::vector<std::uint32_t> weighty;  ///< tokens that spoke most for toxicity, the weightiest first
};

struct Evidence {
    ReadText const& text;
    Lexicon const& lexicon;
    Findings const& findings;
    std::span<PatternHit const> patterns;
    Opinion const& opinion;
    Findings const* watched = nullptr;  ///< hits of the room's watch words
    bool is_name = false;               ///< somebody wants to be called so
};

/// Combines everything into the verdict. Insults and slurs at a person weigh more than exclamations; quotation and
/// counter-speech weigh less; self-harm is flagged for help and never blocked; the classifier alone never blocks.
Verdict decide(Evidence const& evidence, RoomPolicy const& policy);

}  // namespace soyuz::judge
