#include "watch/sentiment.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/text.hpp"

// The lexicons, as bytes of the program (sentiment_words.cpp.in).
extern char const soyuz_vader[];
extern char const soyuz_vader_end[];
extern char const soyuz_urdu_sentiment[];
extern char const soyuz_urdu_sentiment_end[];

namespace soyuz::watch {

namespace {

constexpr double strengthens = 0.293, capitals_add = 0.733, negates = -0.74, spread = 15;
constexpr std::size_t most_words = 500;

using Words = std::unordered_map<std::string_view, double>;

/// Lines of a word, a tab and its valence; what follows a second tab is left out.
void read_lines(std::string_view text, Words& into) {
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        auto const tab = line.find('\t');
        if (tab == std::string_view::npos || line.starts_with('#')) continue;
        auto const number = line.substr(tab + 1);
        double valence = 0;
        auto const read = std::from_chars(number.data(), number.data() + number.size(), valence);
        if (read.ec == std::errc{}) into.insert_or_assign(line.substr(0, tab), valence);
    }
}

Words const& lexicon() {
    static Words const words = [] {
        Words made;
        read_lines({soyuz_vader, static_cast<std::size_t>(soyuz_vader_end - soyuz_vader)}, made);
        read_lines({soyuz_urdu_sentiment, static_cast<std::size_t>(soyuz_urdu_sentiment_end - soyuz_urdu_sentiment)},
                   made);
        return made;
    }();
    return words;
}

bool is_negation(std::string_view word) {
    static std::unordered_set<std::string_view> const negations{
        "aint",    "arent", "cannot", "cant",  "couldnt", "darent",  "didnt",   "doesnt", "dont",
        "hadnt",   "hasnt", "havent", "isnt",  "mightnt", "mustnt",  "neither", "neednt", "never",
        "none",    "nope",  "nor",    "not",   "nothing", "nowhere", "oughtnt", "shant",  "shouldnt",
        "uhuh",    "wasnt", "werent", "uh-uh", "without", "wont",    "wouldnt", "rarely", "seldom",
        "despite", "nahi",  "nahin",  "nai",   "mat",     "نہیں",    "مت"};
    return negations.contains(word) || word.find("n't") != std::string_view::npos;
}

/// What a word adds to the one behind it.
double boost_of(std::string_view word) {
    static std::unordered_set<std::string_view> const strong{
        "absolutely", "amazingly",     "awfully",      "completely", "considerably", "decidedly",
        "deeply",     "effing",        "entirely",     "enormously", "especially",   "exceptionally",
        "extremely",  "fabulously",    "flipping",     "flippin",    "fricking",     "frickin",
        "frigging",   "friggin",       "fully",        "fucking",    "greatly",      "hella",
        "highly",     "hugely",        "incredibly",   "intensely",  "majorly",      "more",
        "most",       "particularly",  "purely",       "quite",      "really",       "remarkably",
        "so",         "substantially", "thoroughly",   "totally",    "tremendously", "uber",
        "utterly",    "very",          "unbelievably", "unusually",  "bohat",        "bahut",
        "bohot",      "bahot",         "buhat",        "بہت"};
    static std::unordered_set<std::string_view> const weak{"almost",     "barely",       "hardly", "kinda",  "kindof",
                                                           "kind-of",    "less",         "little", "partly", "scarcely",
                                                           "slightly",   "somewhat",     "sorta",  "sortof", "sort-of",
                                                           "marginally", "occasionally", "thora",  "thoda"};
    if (strong.contains(word)) return strengthens;
    return weak.contains(word) ? -strengthens : 0;
}

bool is_punctuation(char c) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

/// Urdu's full stop, comma and question mark are of two bytes.
std::string_view without_punctuation(std::string_view word) {
    static constexpr std::array<std::string_view, 4> urdu{"۔", "،", "؟", "؛"};
    for (bool has_changed = true; has_changed && !word.empty();) {
        has_changed = false;
        if (is_punctuation(word.front())) word.remove_prefix(1), has_changed = true;
        if (!word.empty() && is_punctuation(word.back())) word.remove_suffix(1), has_changed = true;
        for (auto const sign : urdu)
            if (word.ends_with(sign)) word.remove_suffix(sign.size()), has_changed = true;
    }
    return word;
}

bool is_shouted(std::string_view word) {
    return std::any_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) &&
           std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

struct Word {
    std::string lower;
    bool is_shouted = false;
};

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    auto const is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    for (std::size_t at = 0; at < text.size() && words.size() < most_words;) {
        while (at < text.size() && is_blank(text[at])) ++at;
        auto end = at;
        while (end < text.size() && !is_blank(text[end])) ++end;
        auto word = text.substr(at, end - at);
        at = end;
        // An emoticon is made of what else is punctuation.
        if (!lexicon().contains(base::lower_ascii(word))) word = without_punctuation(word);
        if (word.size() > 1) words.push_back({base::lower_ascii(word), is_shouted(word)});
    }
    return words;
}

/// Do some words shout, and others don't?
bool differ_in_capitals(std::vector<Word> const& words) {
    auto const shouted = std::count_if(words.begin(), words.end(), [](Word const& word) { return word.is_shouted; });
    return shouted > 0 && static_cast<std::size_t>(shouted) < words.size();
}

class Reading {
public:
    explicit Reading(std::string_view text) : text_(text), words_(words_of(text)) {
        some_shout_ = differ_in_capitals(words_);
    }

    double result() const {
        auto valences = each_valence();
        weigh_but(valences);
        double sum = 0;
        for (auto const valence : valences) sum += valence;
        if (valences.empty()) return 0;
        if (sum > 0) sum += emphasis();
        if (sum < 0) sum -= emphasis();
        return std::clamp(sum / std::sqrt(sum * sum + spread), -1.0, 1.0);
    }

private:
    std::vector<double> each_valence() const {
        std::vector<double> valences;
        for (std::size_t at = 0; at < words_.size(); ++at) valences.push_back(valence_of(at));
        return valences;
    }

    bool is_listed(std::size_t at) const { return lexicon().contains(words_[at].lower); }

    double valence_of(std::size_t at) const {
        auto const& word = words_[at];
        bool const is_kind_of = word.lower == "kind" && at + 1 < words_.size() && words_[at + 1].lower == "of";
        auto const found = lexicon().find(word.lower);
        if (is_kind_of || boost_of(word.lower) != 0.0 || found == lexicon().end()) return 0;
        auto valence = found->second;
        auto const sign = valence > 0 ? 1.0 : -1.0;
        if (word.is_shouted && some_shout_) valence += sign * capitals_add;
        for (std::size_t back = 1; back <= 3 && back <= at; ++back) {
            if (is_listed(at - back)) continue;
            valence += boost(at - back, valence) * (back == 1 ? 1 : back == 2 ? 0.95 : 0.9);
            valence = negated(valence, at, back);
        }
        // Urdu puts its "not" behind: "acha nahi".
        if (at + 1 < words_.size() && is_urdu_negation(words_[at + 1].lower)) valence *= negates;
        return after_least(valence, at);
    }

    static bool is_urdu_negation(std::string_view word) {
        return word == "nahi" || word == "nahin" || word == "nai" || word == "نہیں";
    }

    double boost(std::size_t at, double valence) const {
        auto scalar = boost_of(words_[at].lower);
        if (scalar == 0.0) return 0;
        if (valence < 0) scalar = -scalar;
        if (some_shout_ && words_[at].is_shouted) scalar += valence > 0 ? capitals_add : -capitals_add;
        return scalar;
    }

    double negated(double valence, std::size_t at, std::size_t back) const {
        auto const& word = words_[at - back].lower;
        auto const is_so = [&](std::size_t place) {
            return words_[place].lower == "so" || words_[place].lower == "this";
        };
        if (back == 2 && word == "never" && is_so(at - 1)) return valence * 1.5;
        if (back == 3 && word == "never" && (is_so(at - 2) || is_so(at - 1))) return valence * 1.25;
        return is_negation(word) ? valence * negates : valence;
    }

    /// "at least good", "very least": no negations.
    double after_least(double valence, std::size_t at) const {
        if (at == 0 || words_[at - 1].lower != "least" || is_listed(at - 1)) return valence;
        bool const is_phrase = at > 1 && (words_[at - 2].lower == "at" || words_[at - 2].lower == "very");
        return is_phrase ? valence : valence * negates;
    }

    /// What stands behind "but" counts more than what stands before it.
    void weigh_but(std::vector<double>& valences) const {
        auto const but = std::find_if(words_.begin(), words_.end(), [](Word const& word) {
            return word.lower == "but" || word.lower == "lekin" || word.lower == "magar" || word.lower == "لیکن" ||
                   word.lower == "مگر";
        });
        if (but == words_.end()) return;
        auto const place = static_cast<std::size_t>(but - words_.begin());
        for (std::size_t at = 0; at < valences.size(); ++at)
            if (at != place) valences[at] *= at < place ? 0.5 : 1.5;
    }

    double emphasis() const {
        auto const exclamations = std::min<std::ptrdiff_t>(4, std::count(text_.begin(), text_.end(), '!'));
        auto const questions = std::count(text_.begin(), text_.end(), '?');
        auto const asked = questions <= 1 ? 0.0 : questions <= 3 ? static_cast<double>(questions) * 0.18 : 0.96;
        return static_cast<double>(exclamations) * 0.292 + asked;
    }

    std::string_view const text_;
    std::vector<Word> const words_;
    bool some_shout_ = false;
};

}  // namespace

double sentiment_of(std::string_view text) { return Reading{text}.result(); }

}  // namespace soyuz::watch
