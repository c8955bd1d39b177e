#include "judge/lists/lexicon.hpp"

#include <algorithm>
#include <array>

#include "judge/lists/aim.hpp"

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
    is_urdu = has_urdu = is_english = is_excused = is_taken_back = is_lesson = is_innocent = false;
    condemning = reporting = urdu_company = english_company = 0;
    language = Language::unknown;
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

bool Lexicon::is_urdu_word(std::uint64_t hash) const {
    auto const cut = static_cast<std::uint32_t>(hash);
    if (english_class_.knows(cut) || ambiguous_.knows(cut)) return false;
    return urdu_class_.knows(cut) || urdu_.knows(cut) || (real_.urdu.knows(cut) && !real_.english.knows(cut));
}

Lexicon::Company Lexicon::company_of(ReadText const& text) const {
    Company company;
    for (auto const& token : text.tokens) {
        if (token.kind != Token::Kind::word) continue;
        if (is_urdu_word(token.hash))
            ++company.urdu;
        else if (auto const cut = static_cast<std::uint32_t>(token.hash);
                 !ambiguous_.knows(cut) && (english_class_.knows(cut) || real_.english.knows(cut)))
            ++company.english;
    }
    return company;
}

Lexicon::Company const& Lexicon::known_company(ReadText const& text, std::optional<Company>& company) const {
    if (!company) company = company_of(text);
    return *company;
}

void Lexicon::heard_as(ReadText const& text, Token const& token, std::optional<Company>& known,
                       std::vector<std::uint32_t>& entries) const {
    auto const word = text.of(token);
    if (word.size() < 3 || word.size() > 24) return;
    auto const sound = sound_of(word);
    if (sound.size < 3) return;
    auto const same_key = sounds_.find(hash_of(sound.key()));
    if (same_key == sounds_.end()) return;
    auto const& company = known_company(text, known);
    auto const cut = static_cast<std::uint32_t>(token.hash);
    bool const real = real_.english.knows(cut) || real_.urdu.knows(cut);
    bool const among_urdu = company.urdu > (is_urdu_word(token.hash) ? 1u : 0u);
    for (auto const& listed : same_key->second) {
        if (!is_same_word(listed.sound, sound)) continue;
        bool exact = true;
        for (std::size_t i = 0; i <= sound.size; ++i)
            exact =
                exact && (listed.sound.vowels[i] == sound.vowels[i] || (listed.sound.vowels[i] & sound.vowels[i]) != 0);
        // Words of a phrase prove little by themselves: there an ordinary word may be meant, too.
        bool const is_term = entries_[listed.entry].term != Automaton::nothing;
        if (is_term && (real || token.is_glued || token.is_abbreviation)) continue;
        if (is_term && !among_urdu && company.english > 0) continue;
        if (is_term && sound.size == 3 && !(among_urdu && exact)) continue;
        // An ordinary word is taken for another spelling only when every vowel agrees.
        if (!token.is_common || exact) entries.push_back(listed.entry);
    }
}

bool Lexicon::is_innocent(Hit const& hit, ReadText const& text, Findings const& findings) const {
    auto const& term = terms_[hit.term];
    auto const& tokens = text.tokens;
    auto const& token = tokens[hit.first];
    if ((term.ordinary_in >> static_cast<unsigned>(findings.language) & 1) != 0) return true;
    // An everyday word that stands alone is the word itself.
    bool const alone = tokens.size() == 1 && real_.urdu.knows(static_cast<std::uint32_t>(token.hash));
    if (term.is_aimed && (alone && !token.is_disguised)) return true;
    if (term.is_aimed && !is_thrown(hit, term.category == Category::profanity, text, findings)) return true;
    if (!term.is_name || token.is_disguised) return false;
    auto const is_listed = [&](std::size_t place) {
        return std::any_of(findings.hits.begin(), findings.hits.end(), [&](Hit const& other) {
            return other.first <= place && place <= other.last && (other.first != hit.first || other.last != hit.last);
        });
    };
    auto const is_like_name = [&](std::size_t place) {
        auto const& near = tokens[place];
        if (near.kind != Token::Kind::word || !near.is_capitalised || is_listed(place)) return false;
        auto const cut = static_cast<std::uint32_t>(near.hash);
        if (has(findings.roles[place], Role::you) || english_class_.knows(cut)) return false;
        return near.length == 1 || real_.names.knows(cut) || !real_.english.knows(cut);
    };
    bool const begins = hit.first == 0 || token.starts_sentence;
    auto const before = begins ? std::string_view{} : text.of(tokens[hit.first - 1]);
    if (is_title(before)) return true;
    if (token.is_capitalised) {
        if (!begins && is_like_name(hit.first - 1)) return true;
        if (hit.last + 1 < tokens.size() && !tokens[hit.last + 1].starts_sentence && is_like_name(hit.last + 1))
            return true;
        // "The village of Twatt": a capital in the middle of a sentence that is not all capitals.
        if (!begins && text.shape.capitals * 4 < text.shape.letters && !is_listed(hit.first - 1) &&
            !has(findings.roles[hit.first - 1], Role::you) && before != "a" && before != "an" && before != "such")
            return true;
    }
    // "The Runge-Kutta method": a word of Urdu among English ones, said to nobody.
    if (!term.is_urdu) return false;
    if (findings.urdu_company > 0 || findings.english_company == 0) return false;
    return std::none_of(findings.roles.begin(), findings.roles.end(),
                        [](std::uint32_t roles) { return has(roles, Role::you); });
}

void Lexicon::drop_innocent(ReadText const& text, std::uint32_t present, std::optional<Company>& company,
                            Findings& findings) const {
    thread_local std::vector<Hit> kept;
    kept.clear();
    bool const any_special = std::any_of(findings.hits.begin(), findings.hits.end(), [&](Hit const& hit) {
        auto const& term = terms_[hit.term];
        return term.needs != 0 || term.is_name || term.is_aimed || term.ordinary_in != 0;
    });
    if (!any_special) return;
    findings.urdu_company = known_company(text, company).urdu;
    findings.english_company = known_company(text, company).english;
    for (auto const& hit : findings.hits) {
        auto const& term = terms_[hit.term];
        bool gone = false;
        if (term.needs == static_cast<std::uint32_t>(Role::urdu))
            gone = findings.urdu_company * 4 < findings.english_company || findings.urdu_company == 0;
        else if (term.needs != 0)
            // A word of English slang may be an ordinary one of Urdu ("bs").
            gone = (term.needs & present) == 0 ||
                   (term.needs == static_cast<std::uint32_t>(Role::english) && findings.is_urdu);
        bool const innocent = !gone && !term.is_phrase && is_innocent(hit, text, findings);
        findings.is_innocent = findings.is_innocent || innocent || gone;
        if (!gone && !innocent) kept.push_back(hit);
    }
    std::swap(findings.hits, kept);
}

void Lexicon::find(ReadText const& text, Findings& findings) const {
    findings.clear();
    findings.language = guess_language(text);
    std::optional<Company> company;  // counted only where something depends on it
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
            if (!english_word && (!token.is_common || urdu > 0)) heard_as(text, token, company, matched);
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
    drop_innocent(text, present, company, findings);
    for (auto const& phrase : found) {
        if (phrase.number < first_allowed_phrase_) continue;
        findings.is_excused = true;
        auto const taken = std::erase_if(
            findings.hits, [&](Hit const& hit) { return hit.first >= phrase.first && hit.last <= phrase.last; });
        findings.is_taken_back = findings.is_taken_back || taken > 0;
    }
}

}  // namespace soyuz::judge
