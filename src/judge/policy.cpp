#include "judge/policy.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "judge/hit_context.hpp"

namespace soyuz::judge {
namespace {

// The classifier's probabilities at which its opinion alone reaches a band; chosen on the development split
// (docs/moderation.md, "Figures"). They are lower for Roman Urdu: there the classifier is less often sure, and no more
// often wrong.
struct Bands {
    double warns, flags;
};
constexpr Bands opinion_bands{0.75, 0.78}, opinion_bands_in_urdu{0.70, 0.72};
constexpr double opinion_is_sure = 0.9;
constexpr double highest_by_opinion = 0.88;

double log_odds(double p) {
    p = std::clamp(p, 1e-6, 1 - 1e-6);
    return std::log(p / (1 - p));
}

/// Score of the classifier's opinion. Strictly rising, so that the order of texts is kept within each band.
double by_opinion(double p, Bands bands) {
    if (p < bands.warns) return 0.3 * p / bands.warns;
    if (p < bands.flags) return 0.3 + 0.3 * (p - bands.warns) / (bands.flags - bands.warns);
    auto const beyond = log_odds(p) - log_odds(bands.flags);
    return 0.6 + (highest_by_opinion - 0.6) * (1 - std::exp(-beyond / 2.5));
}

// The same for advertising, of which real chat holds little: what the second head gives ordinary talk is near zero.
// Of Roman Urdu the second head has read little.
constexpr Bands spam_bands{0.05, 0.07}, spam_bands_in_urdu{0.09, 0.12};

double by_spam_opinion(double p, Bands bands) {
    if (p < bands.warns) return 0.29 * std::max(0.0, (log_odds(p) + 7) / (log_odds(bands.warns) + 7));
    if (p < bands.flags) return 0.3 + 0.3 * (p - bands.warns) / (bands.flags - bands.warns);
    return 0.6 + (highest_by_opinion - 0.6) * (1 - std::exp(-(log_odds(p) - log_odds(bands.flags)) / 2));
}

struct Weighed {
    std::array<double, category_count> by_category{};
    double listed = 0;   ///< the heaviest listed word or phrase
    double certain = 0;  ///< threats and the like: too seldom in what the classifier has read for it to argue
    double rules = 0;    ///< the heaviest pattern, which no opinion can argue away
    bool severe_swearing = false;
    bool insult_at_person = false;
    bool urdu_listed = false;
    bool disguised = false;  ///< a listed word was hidden: nobody hides what is harmless
    bool harmless = false;   ///< said of the speaker or of a thing
    bool severe_phrase = false;
    bool softened = false;    ///< something was reported, quoted or denied
    bool any_listed = false;  ///< a hit that was not softened
    bool only_mild = true;
};

class VerdictBuilder {
public:
    VerdictBuilder(Evidence const& evidence, RoomPolicy const& policy) : evidence_(evidence), policy_(policy) {}

    Verdict verdict() {
        weigh_listed();
        weigh_patterns();
        combine();
        act();
        explain();
        return std::move(verdict_);
    }

private:
    bool is_on(Category category) const { return policy_.categories.test(static_cast<std::size_t>(category)); }

    void count(Category category, double score) {
        auto& best = weighed_.by_category[static_cast<std::size_t>(category)];
        best = std::max(best, score);
    }

    void match(Hit const& hit, Term const& term) {
        auto const& tokens = evidence_.text.tokens;
        auto const extent = evidence_.text.extent(hit.first, hit.last);
        Spot made{term.text, term.category, extent.start, extent.end};
        // A phrase is shown by the words that were found, not by its pattern.
        if (term.is_phrase) {
            made.term.clear();
            for (auto i = hit.first; i <= hit.last; ++i) {
                if (!made.term.empty()) made.term += ' ';
                made.term += evidence_.text.of(tokens[i]);
            }
        }
        matches_.push_back(std::move(made));
    }

    /// "not stupid", "do not hate Muslims"; an oath stays an oath.
    static bool can_be_denied(Term const& term) {
        return term.category == Category::hate_speech ? term.is_phrase
                                                      : term.category == Category::harassment && !term.is_phrase;
    }

    void weigh_listed() {
        auto const& findings = evidence_.findings;
        for (auto const& hit : findings.hits) {
            auto const& term = evidence_.lexicon.terms()[hit.term];
            if (!is_on(term.category)) continue;
            auto const target = target_of(hit, term, evidence_.text, findings);
            auto score = weight_of(term, target, findings.is_urdu);
            if (term.category != Category::self_harm && is_reported(hit, evidence_.text, findings)) {
                score = term.severity == Severity::high ? std::min(score, 0.42) : std::min(score, 0.25);
                weighed_.softened = true;
            } else if (can_be_denied(term) && is_denied(hit, evidence_.text, findings)) {
                score = std::min(score, 0.22);
                weighed_.softened = true;
            } else if (target == Target::self || target == Target::thing) {
                weighed_.harmless = weighed_.harmless || term.category == Category::harassment;
            } else {
                weighed_.any_listed = true;
                weighed_.severe_swearing = weighed_.severe_swearing ||
                                           (term.category == Category::profanity && term.severity == Severity::high);
                weighed_.insult_at_person =
                    weighed_.insult_at_person || (term.category == Category::harassment && target == Target::you);
                weighed_.only_mild = weighed_.only_mild && term.severity == Severity::low;
            }
            count(term.category, score);
            weighed_.listed = std::max(weighed_.listed, score);
            weighed_.urdu_listed = weighed_.urdu_listed || term.is_urdu;
            weighed_.disguised = weighed_.disguised ||
                                 (term.severity >= Severity::medium && evidence_.text.tokens[hit.first].is_disguised);
            weighed_.severe_phrase = weighed_.severe_phrase || (term.is_phrase && score >= 0.9);
            bool const is_certain = term.category == Category::threat || term.category == Category::self_harm ||
                                    (term.is_phrase && term.category == Category::sexual) ||
                                    (term.category == Category::harassment && term.severity == Severity::high);
            if (is_certain) weighed_.certain = std::max(weighed_.certain, score);
            match(hit, term);
        }
        // "You're a fucking idiot": the oath makes the insult worse.
        if (weighed_.severe_swearing && weighed_.insult_at_person) {
            count(Category::harassment, 0.93);
            weighed_.listed = std::max(weighed_.listed, 0.93);
        }
    }

    void weigh_patterns() {
        for (auto const& hit : evidence_.patterns) {
            if (!is_on(hit.category) || policy_.rules_off.find(hit.rule) != policy_.rules_off.end()) continue;
            count(hit.category, hit.score);
            weighed_.rules = std::max(weighed_.rules, hit.score);
            matches_.push_back({std::string(hit.rule), hit.category, hit.start, hit.end});
        }
        auto const& opinion = evidence_.opinion;
        if (opinion.present && is_on(Category::spam) &&
            policy_.rules_off.find("spam_model") == policy_.rules_off.end()) {
            constexpr std::size_t least_words = 4, least_letters = 12;  // "GOAL!!!!!" advertises nothing
            if (evidence_.text.tokens.size() >= least_words && evidence_.text.shape.letters >= least_letters) {
                auto const urdu = evidence_.findings.has_urdu;
                spam_score_ = by_spam_opinion(opinion.spam, urdu ? spam_bands_in_urdu : spam_bands);
            }
            if (spam_score_ >= 0.3) {
                count(Category::spam, spam_score_);
                weighed_.rules = std::max(weighed_.rules, spam_score_);
            }
        }
    }

    /// How far the lists and rules move the classifier's opinion, in units of log-odds.
    static double nudge(double listed) { return listed >= 0.9 ? 1.0 : listed >= 0.6 ? 0.5 : 0; }

    /// What listed words alone are worth once the classifier, which saw them too, has read the whole sentence.
    double doubted(double listed) const {
        auto const& shape = evidence_.text.shape;
        // The classifier knows nothing of other scripts.
        if (shape.other_script * 2 > shape.letters) return listed;
        auto const p = evidence_.opinion.toxic;
        // Of Roman Urdu it has read less; there the lists have the better of it.
        // So they have in a text of hardly anything but the listed word.
        auto const trust = evidence_.text.tokens.size() <= 3                    ? 0.1
                           : weighed_.disguised                                 ? 0.25
                           : evidence_.findings.is_urdu || weighed_.urdu_listed ? 0.5
                                                                                : 1.0;
        if (listed >= 0.9)
            return p >= (weighed_.severe_phrase ? 0.45 : 0.85) * trust ? listed : p >= 0.2 * trust ? 0.64 : 0.45;
        if (listed >= 0.6) return p >= 0.4 * trust ? listed : p >= 0.1 * trust ? 0.45 : 0.3;
        return weighed_.only_mild || p >= 0.15 ? listed : listed * 0.7;
    }

    /// The classifier knows nothing of other scripts.
    double opinion_of_text() const {
        auto const& shape = evidence_.text.shape;
        auto const toxic = evidence_.opinion.toxic;
        return shape.other_script * 2 > shape.letters ? std::min(toxic, 0.3) : toxic;
    }

    Bands bands() const { return evidence_.findings.has_urdu ? opinion_bands_in_urdu : opinion_bands; }

    void combine() {
        auto const& opinion = evidence_.opinion;
        auto& v = verdict_;
        if (!opinion.present) {
            v.score = std::max(weighed_.listed, weighed_.rules);
            v.probability = v.score;
            return;
        }
        v.probability = opinion.toxic;
        auto const odds = log_odds(opinion_of_text());
        auto const listed = std::max(doubted(weighed_.listed), weighed_.certain);
        // Reported or denied words still look toxic to a bag of words.
        auto const held_back = weighed_.softened ? (weighed_.any_listed ? 1.0 : 3.0) : 0.0;
        auto const p = 1 / (1 + std::exp(-(odds + nudge(listed) - held_back)));
        auto score = by_opinion(p, bands());
        if (!weighed_.any_listed) {
            if (weighed_.softened)
                score = std::min(score, opinion.toxic < bands().flags ? 0.28 : 0.3 + 0.28 * opinion.toxic);
            auto const& findings = evidence_.findings;
            if (weighed_.harmless || findings.is_taken_back ||
                (findings.is_excused && (opinion.toxic < 0.98 || evidence_.text.tokens.size() <= 4)))
                score = std::min(score, 0.28);
        }
        // Where only mild words were found, it takes more than a bad feeling to go beyond a warning.
        if (weighed_.any_listed && weighed_.only_mild && opinion.toxic < opinion_is_sure) score = std::min(score, 0.59);
        for (auto const floor : {listed, weighed_.rules}) {
            if (floor < 0.3) continue;
            // At the bottom of its band: how far up a text stands in there is the opinion's to say.
            score = std::max(score, floor < 0.6   ? floor
                                    : floor < 0.9 ? 0.6 + 0.03 * p + 0.1 * (floor - 0.6)
                                                  : 0.9 + 0.09 * p);
        }
        // The classifier alone never blocks.
        if (listed < 0.9 && weighed_.rules < 0.9) score = std::min(score, 0.899);
        v.score = std::clamp(std::max(score, std::min(spam_score_, 0.29)), 0.0, 1.0);
    }

    void act() {
        auto const& limits = policy_.thresholds;
        auto& v = verdict_;
        v.action = v.score >= limits.block  ? Action::block
                   : v.score >= limits.flag ? Action::flag
                   : v.score >= limits.warn ? Action::warn
                                            : Action::allow;
        v.severity = v.action == Action::block  ? Severity::high
                     : v.action == Action::flag ? Severity::medium
                     : v.action == Action::warn ? Severity::low
                                                : Severity::none;
        apply_watch_words();
        // Somebody in danger is helped: moderators hear of it, nothing is taken away. Unless others are attacked, too.
        if (weighed_.by_category[static_cast<std::size_t>(Category::self_harm)] >= 0.6) {
            double others = 0;
            for (std::size_t i = 0; i < category_count; ++i)
                if (i != static_cast<std::size_t>(Category::self_harm))
                    others = std::max(others, weighed_.by_category[i]);
            if (others < limits.block) {
                v.action = Action::flag;
                v.severity = Severity::high;
                v.score = std::clamp(v.score, limits.flag, limits.block - 0.001);
            }
        }
    }

    void apply_watch_words() {
        if (evidence_.watched == nullptr || !policy_.watch_words) return;
        auto& v = verdict_;
        auto const& limits = policy_.thresholds;
        for (auto const& hit : evidence_.watched->hits) {
            auto const& term = policy_.watch_words->terms()[hit.term];
            auto const wanted = term.action.value_or(Action::flag);
            match(hit, term);
            watched_ = term.category;
            if (static_cast<int>(wanted) <= static_cast<int>(v.action)) continue;
            v.action = wanted;
            auto const least = wanted == Action::block  ? limits.block
                               : wanted == Action::flag ? limits.flag
                                                        : limits.warn;
            v.score = std::max(v.score, least);
            v.severity = wanted == Action::block  ? Severity::high
                         : wanted == Action::flag ? Severity::medium
                                                  : Severity::low;
        }
    }

    void explain() {
        auto& v = verdict_;
        std::vector<std::pair<double, std::size_t>> heaviest;
        for (std::size_t i = 0; i < category_count; ++i)
            if (weighed_.by_category[i] >= 0.3) heaviest.emplace_back(-weighed_.by_category[i], i);
        std::stable_sort(heaviest.begin(), heaviest.end(),
                         [](auto const& a, auto const& b) { return a.first < b.first; });
        if (v.action != Action::allow) {
            for (auto const& [weight, category] : heaviest) v.reasons.emplace_back(category_names[category]);
            if (watched_ && std::find(v.reasons.begin(), v.reasons.end(), name(*watched_)) == v.reasons.end())
                v.reasons.emplace_back(name(*watched_));
            if (v.reasons.empty())
                v.reasons.emplace_back(spam_score_ > by_opinion(evidence_.opinion.toxic, bands()) ? "spam"
                                                                                                  : "harassment");
        }
        // Where no list named a word, the classifier's weightiest words stand for its opinion.
        if (v.action != Action::allow && matches_.empty()) {
            auto const& text = evidence_.text;
            for (auto place : evidence_.opinion.weighty)
                matches_.push_back({std::string(text.of(text.tokens[place])), Category::harassment,
                                    text.tokens[place].start, text.tokens[place].end});
        }
        std::stable_sort(matches_.begin(), matches_.end(),
                         [](auto const& a, auto const& b) { return a.start < b.start; });
        constexpr std::size_t most_matches = 20;
        for (auto& found : matches_) {
            if (v.matches.size() == most_matches) break;
            if (!v.matches.empty() && v.matches.back().start == found.start && v.matches.back().end == found.end &&
                v.matches.back().category == name(found.category))
                continue;
            v.matches.push_back({std::move(found.term), std::string(name(found.category)), found.start, found.end});
        }
    }

    struct Spot {
        std::string term;
        Category category;
        std::uint32_t start, end;
    };

    Evidence const& evidence_;
    RoomPolicy const& policy_;
    Weighed weighed_;
    double spam_score_ = 0;
    std::optional<Category> watched_;
    std::vector<Spot> matches_;
    Verdict verdict_;
};

}  // namespace

Thresholds thresholds_of(Preset preset) {
    switch (preset) {
        case Preset::relaxed: return {.warn = 0.5, .flag = 0.72, .block = 0.925};
        case Preset::school: return {};
        case Preset::strict: return {.warn = 0.25, .flag = 0.48, .block = 0.76};
    }
    return {};
}

Verdict decide(Evidence const& evidence, RoomPolicy const& policy) {
    return VerdictBuilder(evidence, policy).verdict();
}

}  // namespace soyuz::judge
