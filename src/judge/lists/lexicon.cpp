#include "judge/lists/lexicon.hpp"

#include <algorithm>
#include <array>

namespace soyuz::judge {
namespace {

constexpr std::array<std::string_view, 10> endings{"s", "es", "ed", "d", "ing", "in", "er", "ers", "y", "z"};

bool is_ending(std::string_view rest) { return std::find(endings.begin(), endings.end(), rest) != endings.end(); }

bool is_latin(std::string_view word) {
    return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

void Findings::clear() {
    hits.clear();
    roles.clear();
    is_urdu = has_urdu = is_english = is_excused = is_taken_back = is_lesson = false;
    condemning = reporting = 0;
}

bool Lexicon::fits(Entry const& entry, std::size_t length, std::size_t end, std::string_view word) {
    bool const at_start = end == length;
    switch (entry.match) {
        case Manner::part: return true;
        case Manner::stem: return at_start;
        case Manner::forms: return at_start && (end == word.size() || is_ending(word.substr(end)));
        case Manner::word:
        case Manner::sound: return at_start && end == word.size();
    }
    return false;
}

int Lexicon::badness(std::string_view word) const {
    if (allowed_.knows(word)) return 0;
    int worst = 0;
    automaton_.search(word, [&](std::uint32_t number, std::uint32_t length, std::size_t end) {
        auto const& entry = entries_[number];
        if (entry.term == Automaton::nothing || entry.match == Manner::part) {
            // A part counts here only where the word begins with it: a guess must not rest on a chance inside.
            if (entry.term == Automaton::nothing || end != length) return;
        } else if (!fits(entry, length, end, word)) {
            return;
        }
        worst = std::max(worst, static_cast<int>(terms_[entry.term].severity));
    });
    return worst;
}

std::string_view Lexicon::unmask(std::string_view pattern) const {
    if (pattern.size() >= masks_.size() / 26 || pattern.empty()) return {};
    auto const first = static_cast<std::size_t>(pattern[0] - 'a');
    if (first >= 26) return {};
    Masked const* best = nullptr;
    bool const bare =
        std::count(pattern.begin(), pattern.end(), '?') + 1 == static_cast<std::ptrdiff_t>(pattern.size());
    for (auto const& candidate : masks_[pattern.size() * 26 + first]) {
        bool const same = std::equal(pattern.begin(), pattern.end(), candidate.word.begin(),
                                     [](char p, char c) { return p == '?' || p == c; });
        // With one letter left, the word that the lists name first is the one that everybody means.
        if (same && (best == nullptr || (!bare && candidate.severity > best->severity))) best = &candidate;
    }
    return best == nullptr ? std::string_view{} : std::string_view(best->word);
}

std::string_view Lexicon::unswap(std::string_view word) const {
    auto const slip = slips_.find(hash_of(word));
    return slip == slips_.end() ? std::string_view{} : std::string_view(terms_[slip->second].text);
}

void Lexicon::heard_as(std::string_view word, bool common, std::vector<std::uint32_t>& entries) const {
    if (word.size() < 3 || word.size() > 24) return;
    auto const sound = sound_of(word);
    if (sound.size < 3) return;
    auto const same_key = sounds_.find(hash_of(sound.key()));
    if (same_key == sounds_.end()) return;
    for (auto const& listed : same_key->second) {
        if (!is_same_word(listed.sound, sound)) continue;
        // An ordinary word is taken for another spelling only when every vowel agrees.
        bool exact = sound.size >= 3;
        for (std::size_t i = 0; i <= sound.size; ++i)
            exact =
                exact && ((listed.sound.vowels[i] & sound.vowels[i]) != 0 || listed.sound.vowels[i] == sound.vowels[i]);
        if (!common || exact) entries.push_back(listed.entry);
    }
}

void Lexicon::find(ReadText const& text, Findings& findings) const {
    findings.clear();
    findings.roles.resize(text.tokens.size());
    thread_local std::vector<std::uint32_t> matched, symbols;
    thread_local std::vector<Phrases::Found> found;
    found.clear();
    thread_local Phrases::Run run;
    run.begin(phrases_);
    std::uint32_t words = 0;
    int english = 0, urdu = 0;          // as the lists know them
    std::size_t spoken = 0, other = 0;  // Roman Urdu as the model knows it, and ordinary words of any other kind
    for (std::uint32_t place = 0; place < text.tokens.size(); ++place) {
        auto const& token = text.tokens[place];
        if (token.kind == Token::Kind::sign) continue;
        if (token.starts_sentence) run.restart();
        auto const word = text.of(token);
        matched.clear();
        symbols.clear();
        bool listed = false;
        bool const allowed = is_allowed(token.hash);
        auto const take = [&](std::uint32_t number) {
            matched.push_back(number);
            listed = listed || entries_[number].term != Automaton::nothing;
        };
        automaton_.search(word, [&](std::uint32_t number, std::uint32_t length, std::size_t end) {
            if (fits(entries_[number], length, end, word)) take(number);
        });
        if (!other_scripts_.empty() && !is_latin(word)) {
            if (auto other = other_scripts_.find(token.hash); other != other_scripts_.end()) take(other->second);
        } else if (!listed && !allowed && token.kind == Token::Kind::word && !sounds_.empty()) {
            bool english_word = false;
            for (auto number : matched) english_word = english_word || has(entries_[number].roles, Role::english);
            // An ordinary word is listened to only where Urdu is being spoken.
            if (!english_word && (!token.is_common || urdu > 0)) heard_as(word, token.is_common, matched);
        }
        std::uint32_t roles = 0;
        for (auto number : matched) roles |= entries_[number].roles;
        bool const counts =
            has(roles, Role::counted) && place > 0 && text.tokens[place - 1].kind == Token::Kind::number;
        for (auto number : matched) {
            auto const& entry = entries_[number];
            if (entry.term != Automaton::nothing && !allowed && !counts)
                findings.hits.push_back({entry.term, place, place});
            findings.roles[place] |= entry.roles;
            symbols.insert(symbols.end(), entry.symbols.begin(), entry.symbols.end());
        }
        english += has(findings.roles[place], Role::english);
        urdu += has(findings.roles[place], Role::urdu);
        if (token.kind == Token::Kind::word) {
            if (has(findings.roles[place], Role::urdu) || urdu_.knows(static_cast<std::uint32_t>(token.hash)))
                ++spoken;
            else if (token.is_common || has(findings.roles[place], Role::english))
                ++other;
        }
        if (!phrases_.empty()) run.token(place, words, symbols, found);
        ++words;
    }
    findings.has_urdu = spoken > 0 && spoken * 6 >= other;
    // Speakers of Urdu mix English in: a third of the words is enough.
    findings.is_urdu = spoken > 0 && spoken * 2 >= other && urdu + static_cast<int>(spoken) > english;
    std::uint32_t present = 0;
    bool slurs = false;
    for (std::size_t i = 0; i < text.tokens.size(); ++i) {
        auto const roles = findings.roles[i];
        auto const& token = text.tokens[i];
        present |= roles;
        findings.condemning += has(roles, Role::counter) && !token.is_quoted;
        findings.reporting += has(roles, Role::report) && !token.is_quoted;
        slurs = slurs || token.hash == hash_of("slur") || token.hash == hash_of("slurs") ||
                token.hash == hash_of("harmful");
    }
    // "slurs like … are harmful": nobody is called anything.
    findings.is_lesson = slurs && (present & static_cast<std::uint32_t>(Role::you)) == 0;
    findings.is_english = english > 0 && english >= urdu;
    for (auto const& phrase : found)
        if (phrase.number < first_allowed_phrase_) findings.hits.push_back({phrase.number, phrase.first, phrase.last});
    std::erase_if(findings.hits, [&](Hit const& hit) {
        auto const needs = terms_[hit.term].needs;
        // A word of English slang may be an ordinary one of Urdu ("bs").
        if (needs == static_cast<std::uint32_t>(Role::english) && findings.is_urdu) return true;
        return needs != 0 && (needs & present) == 0;
    });
    for (auto const& phrase : found) {
        if (phrase.number < first_allowed_phrase_) continue;
        findings.is_excused = true;
        auto const taken = std::erase_if(
            findings.hits, [&](Hit const& hit) { return hit.first >= phrase.first && hit.last <= phrase.last; });
        findings.is_taken_back = findings.is_taken_back || taken > 0;
    }
}

}  // namespace soyuz::judge
