#include "judge/hit_context.hpp"

#include <algorithm>

namespace soyuz::judge {
namespace {

/// Tokens [first, last] of the sentence around `hit`, at most `reach` tokens to either side.
std::pair<std::size_t, std::size_t> surroundings(Hit const& hit, ReadText const& text, std::size_t reach) {
    std::size_t first = hit.first, last = hit.last;
    for (std::size_t k = 0; k < reach && first > 0 && !text.tokens[first].starts_sentence; ++k) --first;
    for (std::size_t k = 0; k < reach && last + 1 < text.tokens.size() && !text.tokens[last + 1].starts_sentence; ++k)
        ++last;
    return {first, last};
}

std::size_t count_words(ReadText const& text) {
    return static_cast<std::size_t>(std::count_if(text.tokens.begin(), text.tokens.end(),
                                                  [](Token const& token) { return token.kind == Token::Kind::word; }));
}

}  // namespace

Target target_of(Hit const& hit, Term const& term, ReadText const& text, Findings const& findings) {
    auto const& roles = findings.roles;
    // A phrase says itself at whom it is aimed.
    if (term.is_phrase)
        for (auto i = hit.first; i <= hit.last; ++i)
            if (has(roles[i], Role::you) || text.tokens[i].kind == Token::Kind::mention) return Target::you;
    auto const [first, last] = surroundings(hit, text, 6);
    // What follows directly tells best: "stupid homework", "stupid you".
    for (std::size_t i = hit.last + 1; i <= last && i <= hit.last + 2; ++i)
        if (has(roles[i], Role::thing)) return Target::thing;
    bool you = false, self = false, other = false, thing = false;
    for (auto i = first; i <= last; ++i) {
        if (i >= hit.first && i <= hit.last) continue;
        if (has(roles[i], Role::you) || text.tokens[i].kind == Token::Kind::mention) you = true;
        // "I am such an idiot", "main pagal hoon"; "my brother is an idiot" is another matter.
        auto const word = text.of(text.tokens[i]);
        if (i < hit.first && i + 4 >= hit.first) {
            if (word == "main" || word == "mai") self = true;
            if (word == "i") {
                bool be = false, other_words = false;  // "I'm not saying …" is about somebody else
                for (auto k = i; k < hit.first; ++k) {
                    be = be || has(roles[k], Role::be);
                    other_words = other_words || has(roles[k], Role::report);
                }
                self = self || (be && !other_words);
            }
        }
        if (has(roles[i], Role::person)) other = true;
        if (i < hit.first && has(roles[i], Role::thing)) thing = true;
    }
    if (self && !you) return Target::self;
    if (you) return Target::you;
    if (other) return Target::other;
    if (thing && !term.is_phrase) return Target::thing;
    // An insult alone, or with next to nothing around it, is said to somebody's face.
    bool const names = term.category == Category::harassment || has(roles[hit.first], Role::insult) ||
                       (term.category == Category::profanity && term.severity == Severity::high && findings.is_urdu) ||
                       term.match == Manner::sound;
    if (names && count_words(text) <= 3 + (hit.last - hit.first)) return Target::you;
    return Target::nobody;
}

double weight_of(Term const& term, Target target, bool urdu_abuse) {
    bool const at_person = target == Target::you;
    int const severity = static_cast<int>(term.severity);
    switch (term.category) {
        case Category::profanity:
            if (severity <= 1) return at_person && term.is_phrase ? 0.45 : 0.36;
            if (severity == 2) return at_person ? 0.64 : 0.5;
            if (term.is_phrase) return at_person || urdu_abuse ? 0.91 : 0.78;
            return at_person ? (urdu_abuse || term.match == Manner::sound ? 0.91 : 0.72) : urdu_abuse ? 0.74 : 0.62;
        case Category::harassment:
            if (severity >= 3) return 0.93;
            if (target == Target::thing) return severity == 2 ? 0.32 : 0.22;
            if (target == Target::self) return 0.24;
            if (severity == 1) return at_person ? 0.52 : target == Target::other ? 0.42 : 0.33;
            return at_person || term.is_phrase ? 0.7 : target == Target::other ? 0.6 : 0.48;
        case Category::hate_speech:
            if (severity == 1) return 0.42;
            if (severity == 2) return at_person ? 0.74 : 0.64;
            return at_person ? 0.94 : term.is_phrase ? 0.91 : 0.8;
        case Category::threat: return severity >= 3 ? 0.93 : severity == 2 ? 0.68 : 0.42;
        case Category::sexual:
            if (severity == 1) return 0.32;
            if (severity == 2) return at_person || term.is_phrase ? 0.7 : 0.6;
            return at_person || term.is_phrase ? 0.91 : 0.62;
        case Category::self_harm: return severity >= 3 ? 0.75 : severity == 2 ? 0.62 : 0.35;
        case Category::spam: return 0.62;
        case Category::personal_info: return 0.66;
    }
    return 0;
}

}  // namespace soyuz::judge
