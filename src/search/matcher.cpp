#include "search/matcher.hpp"

#include <algorithm>

#include "search/spelling.hpp"

namespace soyuz::search {

namespace {

double value_of(Likeness likeness) {
    switch (likeness) {
        case Likeness::whole: return 1.0;
        case Likeness::beginning: return 0.6;
        case Likeness::spelling: return 0.4;
        case Likeness::part: return 0.3;
        case Likeness::none: break;
    }
    return 0;
}

struct Found {
    std::size_t place = 0;  ///< of its first word
    std::size_t words = 1;
    Likeness likeness = Likeness::none;
};

Likeness at_place(Clause const& clause, std::vector<Word> const& words, std::size_t place) {
    auto const count = clause.words.size();
    if (place + count > words.size()) return Likeness::none;
    if (count == 1 && !clause.is_exact) return likeness(clause.words[0], words[place]);
    for (std::size_t i = 0; i < count; ++i) {
        auto const& sought = clause.words[i];
        auto const& met = words[place + i];
        if (!sought.is_spaced && !met.is_spaced && met.text.find(sought.text) != std::string::npos) continue;
        // What was typed without quotes may break off in its last word.
        bool const may_go_on = !clause.is_exact && i + 1 == count;
        if (may_go_on ? !met.text.starts_with(sought.text) : met.text != sought.text) return Likeness::none;
    }
    return Likeness::whole;
}

void find_all(Clause const& clause, std::vector<Word> const& words, std::vector<Found>& found) {
    for (std::size_t place = 0; place < words.size(); ++place) {
        auto const like = at_place(clause, words, place);
        if (like != Likeness::none) found.push_back({place, clause.words.size(), like});
    }
}

std::vector<Matcher::Range> joined(std::vector<Matcher::Range> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](auto const& a, auto const& b) { return a.begin < b.begin; });
    std::vector<Matcher::Range> apart;
    for (auto const& range : ranges) {
        if (!apart.empty() && range.begin <= apart.back().end)
            apart.back().end = std::max(apart.back().end, range.end);
        else
            apart.push_back(range);
    }
    return apart;
}

}  // namespace

Likeness likeness(Word const& sought, Word const& met) {
    if (met.text == sought.text) return Likeness::whole;
    if (sought.is_spaced != met.is_spaced) return Likeness::none;
    auto const at = met.text.find(sought.text);
    if (!sought.is_spaced) return at == std::string::npos ? Likeness::none : Likeness::whole;
    if (at == 0) return Likeness::beginning;
    if (at != std::string::npos && length_of(sought.text) >= 3) return Likeness::part;
    return is_same_spelling(sought.text, met.text) ? Likeness::spelling : Likeness::none;
}

std::optional<Matcher::Match> Matcher::match(std::string_view text, std::vector<std::string_view> const& more) const {
    auto const words = words_of(text);
    std::vector<std::vector<Word>> others;
    for (auto const& each : more) others.push_back(words_of(each));
    Match match;
    std::vector<Found> found;
    std::size_t first_place = words.size(), last_place = 0;
    for (auto const& clause : clauses_) {
        found.clear();
        find_all(clause, words, found);
        auto best = Likeness::none;
        for (auto const& each : found) {
            best = std::max(best, each.likeness);
            match.hits.push_back({words[each.place].begin, words[each.place + each.words - 1].end});
        }
        if (!found.empty()) {
            first_place = std::min(first_place, found.front().place);
            last_place = std::max(last_place, found.front().place);
        }
        for (auto const& other : others) {
            std::vector<Found> in_other;
            find_all(clause, other, in_other);
            for (auto const& each : in_other) best = std::max(best, each.likeness);
        }
        if (best == Likeness::none) return std::nullopt;
        match.worth += value_of(best) * (clause.words.size() > 1 ? 2.0 : 1.0) +
                       0.05 * static_cast<double>(std::min<std::size_t>(found.size(), 4));
    }
    match.hits = joined(std::move(match.hits));
    // Words that stand together mean each other, and a short message is about what it says.
    if (clauses_.size() > 1 && last_place >= first_place)
        match.worth += 0.5 * static_cast<double>(clauses_.size()) /
                       static_cast<double>(last_place - first_place + clauses_.size());
    match.worth += 0.3 / (1.0 + static_cast<double>(words.size()) / 8.0);
    return match;
}

}  // namespace soyuz::search
