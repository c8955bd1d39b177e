#include "judge/framing.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "judge/reading/vocabulary.hpp"

namespace soyuz::judge {
namespace {

constexpr std::size_t reach = 14;

enum Mark : std::uint32_t {
    telling = 1,     // said, called, wrote: somebody's words are told of
    saying = 2,      // say, call, using: words are spoken about
    recipient = 4,   // me, him, someone, people
    fiction = 8,     // book, villain, lyrics
    question = 16,   // what, why, how
    apology = 32,    // sorry, kidding
    game = 64,       // game, minecraft
    wording = 128,   // word, term, slur
    negating = 256,  // not, never
    turning = 512,   // but, only, wait: what stands between makes a negation none
    passive = 1024,  // was, got, been
    linking = 2048   // that, who, whoever
};

constexpr std::pair<Mark, std::string_view> marked_words[] = {
    {telling,
     "said told called wrote written posted sprayed shouted shouts yelled yells screamed texted commented sent sends "
     "kept keeps keep chanted tweeted whispered insulted accused named labelled labeled bola boli kaha likha bulaya "
     "kehte kehta kehti bolta bolti"},
    {saying, "say saying says call calling calls tell telling tells use using uses shout shouting yell yelling write "
             "writing post posting send sending type typing text texting label labelling hear heard bolo bolna kehna "
             "kaho keh bol"},
    {recipient, "me us my our him her them his their someone somebody anyone anybody people others everyone everybody "
                "kids students women girls boys men friends classmates each classmate sister brother friend teacher son "
                "daughter players streamer child girl boy mujhe usko unko kisi logon isko mere meri unhe usay"},
    {fiction, "book novel film movie villain character song lyrics story play poem episode scene chapter series anime "
              "rapper singer actor kahani gana drama"},
    {question, "what why how should kya kyun meaning mean means"},
    {apology, "sorry kidding jk joking joke offense offence prank mazak mazaq maaf maafi jking"},
    {game, "game games minecraft roblox fortnite valorant pubg fifa chess ludo match round ranked"},
    {wording, "word words term terms phrase slur lafz alfaz"},
    {negating, "not never nahi nahin nhi nai mat"},
    {turning, "but only just wait stop rest sleep hesitate think care until let regret forget merely"},
    {passive, "was were been being be got get gets am is are"},
    {linking, "that who whoever anyone"}};

std::uint32_t marks_of(std::uint64_t hash) {
    static auto const table = [] {
        std::unordered_map<std::uint64_t, std::uint32_t> made;
        for (auto const& [mark, words] : marked_words)
            for (std::size_t from = 0; from < words.size();) {
                auto const to = std::min(words.find(' ', from), words.size());
                made[hash_of(words.substr(from, to - from))] |= mark;
                from = to + 1;
            }
        return made;
    }();
    auto const found = table.find(hash);
    return found == table.end() ? 0 : found->second;
}

}  // namespace

Framing::Framing(ReadText const& text, Findings const& findings) : text_(text), findings_(findings) {
    marks_.reserve(text.tokens.size());
    for (auto const& token : text.tokens) {
        auto const marks = token.kind == Token::Kind::word ? marks_of(token.hash) : 0;
        marks_.push_back(marks);
        if (token.is_quoted) continue;
        is_fiction_ = is_fiction_ || (marks & fiction) != 0;
        is_question_ = is_question_ || (marks & question) != 0;
        is_apology_ = is_apology_ || (marks & apology) != 0;
        is_game_ = is_game_ || (marks & game) != 0;
    }
}

Framing::Sentence Framing::around(Hit const& hit) const {
    auto const& tokens = text_.tokens;
    Sentence found{hit.first, hit.last};
    for (std::size_t k = 0; k < reach && found.first > 0 && !tokens[found.first].starts_sentence; ++k) --found.first;
    for (std::size_t k = 0; k < reach && found.last + 1 < tokens.size() && !tokens[found.last + 1].starts_sentence; ++k)
        ++found.last;
    return found;
}

bool Framing::is_plain_negation(std::size_t place) const {
    if (!has_role(place, Role::negation)) return false;
    return place + 1 >= text_.tokens.size() || !marked(place + 1, turning);
}

bool Framing::is_negated_threat(Hit const& hit, Term const& term) const {
    // "you will not live", "nahi chorunga": there the negation is the threat.
    for (std::string_view own : {" not", "nahi", "nhi", "zinda"})
        if (term.text.find(own) != std::string::npos) return false;
    auto const sentence = around(hit);
    std::size_t negations = 0;
    bool near = false;
    for (auto i = sentence.first; i <= sentence.last; ++i) {
        if (!marked(i, negating)) continue;
        bool const after = i > hit.last;
        if (after && !(term.is_urdu && i == hit.last + 1)) break;
        ++negations;
        near = near || (i + 2 >= hit.first && is_plain_negation(i));
    }
    for (auto i = sentence.first; i < hit.first; ++i)
        if (marked(i, turning)) return false;
    return near && negations == 1;
}

bool Framing::is_denied(Hit const& hit, Term const& term, Sentence sentence) const {
    if (term.category == Category::hate_speech) {
        // "I don't hate Muslims": the verb itself is denied. "I'm not saying that Muslims are …" denies nothing.
        if (!term.is_phrase || has_role(hit.first, Role::group)) return false;
        for (std::size_t i = hit.first, k = 0; i > sentence.first && k < 2; ++k)
            if (--i; marked(i, negating) && is_plain_negation(i) && !marked(i + 1, saying)) return true;
        return false;
    }
    if (term.category != Category::harassment || term.severity == Severity::high || term.is_phrase) return false;
    // "you are not an idiot", "isn't stupid at all"; "nothing but a coward" denies nothing.
    for (std::size_t i = hit.first, k = 0; i > sentence.first && k < 4; ++k) {
        --i;
        if (marked(i, saying | telling)) return false;
        if (has_role(i, Role::negation)) return is_plain_negation(i) && i > 0 && has_role(i - 1, Role::be);
    }
    // "tum pagal nahi ho"
    auto const next = hit.last + 1;
    return term.is_urdu && next <= sentence.last && marked(next, negating) && !marked(next, turning) &&
           (next == sentence.last || word(next + 1) == "ho" || word(next + 1) == "hai" || word(next + 1) == "hain");
}

/// Something speaks against it, and is not taken back by a "but": "this isn't bullying, but …".
bool Framing::is_condemned(Hit const& hit) const {
    auto const& tokens = text_.tokens;
    auto const from = hit.first > 2 * reach ? hit.first - 2 * reach : 0;
    auto const to = std::min<std::size_t>(tokens.size(), hit.last + 2 * reach);
    for (std::size_t i = from; i < to; ++i) {
        if (i >= hit.first && i <= hit.last) continue;
        if (!has_role(i, Role::counter) || tokens[i].is_quoted) continue;
        // "report this noob" asks for something; "we reported it" tells of it.
        if (word(i) == "report" && i + 1 < tokens.size() && !marked(i + 1, recipient)) continue;
        bool but = false;
        for (auto k = i + 1; k < hit.first && !but; ++k) but = word(k) == "but" || word(k) == "magar" || word(k) == "lekin";
        bool denied = false;
        if (i < hit.first)
            for (std::size_t k = i, steps = 0; k > 0 && steps < 4 && !denied; ++steps) denied = marked(--k, negating);
        bool const allowed = word(i) == "allowed" && i > 0 && !has_role(i - 1, Role::negation);
        if (!but && !allowed && !(denied && word(i) != "allowed")) return true;
    }
    return false;
}

bool Framing::is_honest(Hit const& hit, Sentence sentence) const {
    auto const& tokens = text_.tokens;
    bool const quoted = tokens[hit.first].is_quoted && tokens[hit.last].is_quoted;
    bool const condemned = is_condemned(hit);
    constexpr auto nowhere = static_cast<std::size_t>(-1);
    std::size_t verb = nowhere, word_at = nowhere;
    bool told = false, condemned_that = false, against = false;
    for (auto i = sentence.first; i < hit.first; ++i) {
        if (tokens[i].is_quoted && !quoted) continue;
        if (marked(i, telling | saying)) {
            verb = i;
            told = told || marked(i, telling);
        }
        if (marked(i, wording)) word_at = i;
        condemned_that = condemned_that || (against && marked(i, linking));
        auto const here = word(i);
        against = against || here == "lie" || here == "lies" || here == "myth" || here == "against" ||
                  here == "wrong" || here == "false";
    }
    // Somebody spoken to, outside the words that are told of: then it is thrown at the reader.
    bool at_reader = false;
    for (auto i = verb == nowhere ? sentence.first : verb + 1; i < hit.first; ++i) {
        if (tokens[i].is_quoted || !has_role(i, Role::you)) continue;
        bool const possessive = i + 1 < tokens.size() && (has_role(i + 1, Role::person) || marked(i + 1, recipient));
        at_reader = at_reader || !possessive;
    }
    bool includes_reader = false;
    for (auto i = hit.first; i <= hit.last && !quoted; ++i) includes_reader = includes_reader || has_role(i, Role::you);
    if (at_reader && !quoted) return false;
    bool to_somebody = false;
    auto const after = std::min<std::size_t>(tokens.size(), hit.last + 6);
    for (auto i = verb == nowhere ? hit.first : verb + 1; i < after; ++i) {
        if (i >= hit.first && i <= hit.last) continue;
        to_somebody = to_somebody || marked(i, recipient) || has_role(i, Role::person) || has_role(i, Role::group);
    }
    // "was called …", "to be told …"; "you were called" throws it at the reader again.
    if (verb != nowhere && verb > sentence.first && marked(verb - 1, passive)) {
        to_somebody = true;
        for (auto i = sentence.first; i < verb; ++i) to_somebody = to_somebody && !has_role(i, Role::you);
    }
    bool const spoken_of = verb != nowhere;
    if (quoted) {
        if (condemned || is_fiction_ || (spoken_of && to_somebody)) return true;
        if (word_at != nowhere) return true;
        return is_question_ && (spoken_of || text_.shape.questions > 0);
    }
    if (condemned_that) return true;
    if (spoken_of && condemned) return true;
    if (includes_reader) return false;
    if (spoken_of && to_somebody) return true;
    bool const mentioned = word_at != nowhere && word_at + 4 > hit.first;
    if (mentioned && (condemned || is_question_)) return true;
    if (is_fiction_ && spoken_of) return true;
    return findings_.is_lesson && hit.first == hit.last;
}

Excuse Framing::of(Hit const& hit, Term const& term) const {
    if (term.category == Category::self_harm) return Excuse::none;
    auto const sentence = around(hit);
    if (is_denied(hit, term, sentence)) return Excuse::denial;
    if (is_honest(hit, sentence)) return Excuse::honest;
    if (text_.tokens[hit.first].is_quoted || is_apology_ || is_game_) return Excuse::step;
    for (auto i = sentence.first; i <= sentence.last; ++i) {
        if (i >= hit.first && i <= hit.last) continue;
        if (marked(i, telling | saying | wording | negating) || has_role(i, Role::negation)) return Excuse::step;
    }
    return Excuse::none;
}

}  // namespace soyuz::judge
