#include "judge/policy.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "judge/framing.hpp"
#include "judge/hit_context.hpp"
#include "judge/lists/aim.hpp"

namespace soyuz::judge {
namespace {

// The classifier's probabilities at which its opinion alone reaches a band; chosen on the development split
// (docs/moderation.md, "Figures"). They are lower for Roman Urdu: there the classifier is less often sure, and no more
// often wrong.
struct Bands {
    double warns, flags;
};
constexpr Bands opinion_bands{0.75, 0.78}, opinion_bands_in_urdu{0.66, 0.68};
constexpr double opinion_is_sure = 0.9;
constexpr std::size_t fewest_words = 3;  // more are needed for an opinion to rest on
constexpr std::size_t few_words = 8;     // a text of so many may well be about its one ambiguous word
constexpr double shrinks_by = 1.5;       // words
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
    double listed = 0;             ///< the heaviest listed word or phrase
    double certain = 0;            ///< threats and the like: too seldom in what the classifier has read for it to argue
    double rules = 0;              ///< the heaviest pattern, which no opinion can argue away
    bool severe_swearing = false;  ///< an oath that makes an insult beside it worse
    bool insult_at_person = false;  ///< an insult or slur at the person spoken to
    bool urdu_listed = false;
    bool disguised = false;  ///< a listed word was hidden: nobody hides what is harmless
    bool harmless = false;   ///< said of the speaker or of a thing
    bool severe_phrase = false;
    bool softened = false;                      ///< something was told of, condemned or denied
    bool lowered = false;                       ///< an excuse took a step off
    bool any_listed = false;                    ///< a hit that was not softened
    bool swears = false, only_swearing = true;  ///< oaths at nobody
    bool only_mild = true;
};

class VerdictBuilder {
public:
    VerdictBuilder(Evidence const& evidence, RoomPolicy const& policy)
        : evidence_(evidence), policy_(policy), framing_(evidence.text, evidence.findings) {}

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

    /// What the words around the hit leave of its score. No excuse erases: only honest telling, condemning and denying
    /// takes most of it; whatever else is said around it takes a step off mild and moderate insults, and nothing off
    /// slurs, threats, sexual demands and the urging to die.
    double excused(Hit const& hit, Term const& term, double score) {
        switch (framing_.of(hit, term)) {
            case Excuse::none: return score;
            case Excuse::denial: weighed_.softened = weighed_.harmless = true; return std::min(score, 0.22);
            case Excuse::honest:
                weighed_.softened = true;
                return term.severity == Severity::high ? std::min(score, 0.42) : std::min(score, 0.25);
            case Excuse::step: break;
        }
        weighed_.any_listed = true;
        if (term.category != Category::harassment || term.severity == Severity::high || term.action) return score;
        weighed_.lowered = true;
        return score >= 0.6 ? 0.45 : score >= 0.3 ? 0.29 : score;
    }

    /// Swearing at nobody. Who hides an oath knows that it offends.
    bool is_oath(Hit const& hit, Term const& term, Target target) const {
        return term.is_oath && target != Target::you && target != Target::other &&
               !evidence_.text.tokens[hit.first].is_disguised;
    }

    void weigh_listed() {
        auto const& findings = evidence_.findings;
        bool slur_or_insult_word = false;
        std::uint32_t severe_at = 0;
        for (auto const& hit : findings.hits) {
            auto const& term = evidence_.lexicon.terms()[hit.term];
            if (!is_on(term.category) || (evidence_.is_name && term.is_name)) continue;
            if (term.category == Category::threat && framing_.is_negated_threat(hit, term)) {
                weighed_.softened = weighed_.harmless = true;
                continue;
            }
            auto const target = target_of(hit, term, evidence_.text, findings);
            auto const before = weight_of(term, target, findings.is_urdu);
            bool const was_softened = weighed_.softened;
            weighed_.softened = false;
            auto score = excused(hit, term, before);
            // Whoever is called so is called so by everybody, whatever stands around it.
            bool const foul = term.category == Category::profanity || term.category == Category::hate_speech ||
                              term.category == Category::sexual;
            if (evidence_.is_name && foul && term.severity == Severity::high) score = std::max(score, 0.91);
            bool const now_softened = weighed_.softened;
            weighed_.softened = was_softened || now_softened;
            bool const oath = is_oath(hit, term, target);
            weighed_.swears = weighed_.swears || oath;
            weighed_.only_swearing = weighed_.only_swearing && oath;
            if (now_softened) {
            } else if (target == Target::self || target == Target::thing) {
                weighed_.harmless = weighed_.harmless || term.category == Category::harassment;
            } else {
                weighed_.any_listed = true;
                if (term.category == Category::profanity && term.severity == Severity::high) {
                    weighed_.severe_swearing = true;
                    severe_at = hit.first;
                }
                bool const insults =
                    term.category == Category::harassment ||
                    (term.category == Category::hate_speech && !term.is_phrase) ||
                    (term.category == Category::profanity && has(findings.roles[hit.first], Role::insult));
                slur_or_insult_word = slur_or_insult_word || (insults && target == Target::you &&
                                                              !(weighed_.severe_swearing && hit.first == severe_at));
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
            if (term.action && score >= 0.3) {
                auto const floor = *term.action >= Action::flag ? 0.62 : 0.4;
                if (!now_softened) weighed_.certain = std::max(weighed_.certain, floor);
            }
            match(hit, term);
        }
        weighed_.insult_at_person = slur_or_insult_word;
        // "You're a fucking idiot", "you fucking bitch": the oath makes the insult worse.
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
                // Its style alone makes no advertisement.
                if (spam_score_ >= 0.3 && !has_sign_of_advertising(evidence_.text)) spam_score_ = 0.29;
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
        if (is_beyond_classifier()) return listed;
        auto const p = evidence_.opinion.toxic;
        // Of Roman Urdu it has read less; there the lists have the better of it.
        // So they have in a text of hardly anything but the listed word.
        auto const trust = evidence_.text.tokens.size() <= 3                    ? 0.1
                           : weighed_.disguised                                 ? 0.25
                           : evidence_.findings.is_urdu || weighed_.urdu_listed ? 0.5
                                                                                : 1.0;
        if (listed >= 0.9)
            return p >= (weighed_.severe_phrase ? 0.45 : 0.85) * trust ? listed : p >= 0.2 * trust ? 0.64 : 0.45;
        if (listed >= 0.6) return p >= 0.3 * trust ? listed : p >= 0.15 * trust ? 0.45 : 0.15 + 0.3 * p;
        return weighed_.only_mild || p >= 0.15 ? listed : listed * 0.7;
    }

    /// Of other scripts and of languages that it has not learnt the classifier knows nothing.
    bool is_beyond_classifier() const {
        auto const& shape = evidence_.text.shape;
        return shape.other_script * 2 > shape.letters || !is_read(evidence_.findings.language);
    }

    std::size_t count_words() const {
        auto const& tokens = evidence_.text.tokens;
        return static_cast<std::size_t>(std::count_if(
            tokens.begin(), tokens.end(), [](Token const& token) { return token.kind == Token::Kind::word; }));
    }

    /// The classifier's opinion as far as there is something that it can rest on: of a few words that no list knows, it
    /// tells little, and of a language that it has not learnt nothing.
    double opinion_of_text() const {
        auto const toxic = evidence_.opinion.toxic;
        if (is_beyond_classifier()) return std::min(toxic, 0.3);
        if (weighed_.any_listed || weighed_.softened || is_anything_hidden()) return toxic;
        auto const words = static_cast<double>(count_words());
        auto const held_back = rests_on_names() ? 2.0 : 0.0;
        return 1 / (1 + std::exp(held_back - log_odds(toxic) * words / (words + shrinks_by)));
    }

    /// Nobody is insulted by a place or a person's name; the classifier met some of them in bad company.
    bool rests_on_names() const {
        auto const& weighty = evidence_.opinion.weighty;
        auto const& tokens = evidence_.text.tokens;
        auto const names = std::count_if(weighty.begin(), weighty.end(), [&](std::uint32_t place) {
            bool const titled = place + 1 < tokens.size() && tokens[place + 1].is_capitalised &&
                                is_title(evidence_.text.of(tokens[place]));
            return titled || evidence_.lexicon.is_name(tokens[place]);
        });
        return names > 0 && static_cast<std::size_t>(names) * 2 >= weighty.size();
    }

    bool is_anything_hidden() const {
        auto const& tokens = evidence_.text.tokens;
        return std::any_of(tokens.begin(), tokens.end(), [](Token const& token) { return token.is_disguised; });
    }

    Bands bands() const { return evidence_.findings.has_urdu ? opinion_bands_in_urdu : opinion_bands; }

    /// How high a text stands within the band that lists or rules have lifted it to is the opinion's to say.
    static double within_band(double floor, double p) {
        if (floor < 0.6) return floor;
        return floor < 0.9 ? 0.6 + 0.03 * p + 0.1 * (floor - 0.6) : 0.9 + 0.09 * p;
    }

    void combine() {
        auto const& opinion = evidence_.opinion;
        auto& v = verdict_;
        // A name is judged by its words alone: a classifier of sentences has nothing to say about it.
        if (!opinion.present || evidence_.is_name) {
            v.score = std::max(weighed_.listed, weighed_.rules);
            v.probability = opinion.present ? opinion.toxic : v.score;
            return;
        }
        v.probability = opinion.toxic;
        auto const& findings = evidence_.findings;
        auto const odds = log_odds(opinion_of_text());
        auto const listed = std::max(doubted(weighed_.listed), weighed_.certain);
        // Reported or denied words still look toxic to a bag of words.
        auto const held_back = weighed_.softened ? (weighed_.any_listed ? 1.0 : 3.0) : 0.0;
        auto const p = 1 / (1 + std::exp(-(odds + nudge(listed) - held_back)));
        auto score = by_opinion(p, bands());
        if (!weighed_.any_listed) {
            if (weighed_.softened)
                score = std::min(score, opinion.toxic < bands().flags ? 0.28 : 0.3 + 0.28 * opinion.toxic);
            if (weighed_.harmless || findings.is_taken_back || (findings.is_innocent && opinion.toxic < 0.995) ||
                (findings.is_innocent && count_words() <= few_words) ||
                (findings.is_excused && (opinion.toxic < 0.98 || evidence_.text.tokens.size() <= 4)))
                score = std::min(score, 0.28);
            // Three words and none that is listed: no opinion rests on so little.
            if (count_words() <= fewest_words && !is_anything_hidden()) score = std::min(score, 0.2 + 0.08 * p);
        }
        // Where only mild words were found, it takes more than a bad feeling to go beyond a warning.
        if (weighed_.any_listed && weighed_.only_mild && opinion.toxic < opinion_is_sure) score = std::min(score, 0.59);
        // An excuse takes one step off what the opinion says, too, and never the last while the classifier is sure.
        if (weighed_.lowered) {
            if (listed < 0.6) score = std::min(score, 0.59);
            if (opinion.toxic >= opinion_is_sure) score = std::max(score, 0.3);
        }
        for (auto const floor : {listed, weighed_.rules}) score = std::max(score, within_band(floor, p));
        // The classifier alone never blocks.
        if (listed < 0.9 && weighed_.rules < 0.9) score = std::min(score, 0.899);
        // Oaths at nobody offend, no more.
        if (weighed_.swears && weighed_.only_swearing && weighed_.rules < 0.6 && !is_anybody_meant())
            score = std::min(score, 0.36 + 0.1 * opinion.toxic);
        v.score = std::clamp(std::max(score, std::min(spam_score_, 0.29)), 0.0, 1.0);
    }

    /// Somebody is in reach of an oath: spoken to, spoken of, or named as a group.
    bool is_anybody_meant() const {
        constexpr auto somebody = static_cast<std::uint32_t>(Role::you) | static_cast<std::uint32_t>(Role::person) |
                                  static_cast<std::uint32_t>(Role::group) | static_cast<std::uint32_t>(Role::insult);
        if (evidence_.text.shape.mentions > 0) return true;
        auto const& roles = evidence_.findings.roles;
        return std::any_of(roles.begin(), roles.end(), [](std::uint32_t has) { return (has & somebody) != 0; });
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
    Framing framing_;
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
