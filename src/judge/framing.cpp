#include "judge/framing.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "judge/reading/vocabulary.hpp"

namespace soyuz::judge {
namespace {

constexpr std::size_t reach = 14;

enum Mark : std::uint32_t {
    telling = 1,      // said, called, wrote: somebody's words are told of
    saying = 2,       // say, call, using: words are spoken about
    recipient = 4,    // me, him, someone, people
    fiction = 8,      // book, villain, lyrics
    question = 16,    // what, why, how
    apology = 32,     // sorry, kidding
    game = 64,        // game, minecraft
    wording = 128,    // word, term, slur
    negating = 256,   // not, never
    turning = 512,    // but, only, wait: what stands between makes a negation none
    passive = 1024,   // was, got, been
    linking = 2048,   // that, who, whoever
    approving = 4096  // okay, fine, funny
};

constexpr std::pair<Mark, std::string_view> marked_words[] = {
    {telling,
     "said told called wrote written posted sprayed shouted shouts yelled yells screamed texted commented sent sends "
     "kept keeps keep chanted tweeted whispered insulted accused named labelled labeled bola boli kaha likha bulaya "
     "kehte kehta kehti bolta bolti"},
    {saying,
     "say saying says call calling calls tell telling tells use using uses shout shouting yell yelling write "
     "writing post posting send sending type typing text texting label labelling hear heard bolo bolna kehna "
     "kaho keh bol"},
    {recipient,
     "me us my our him her them his their someone somebody anyone anybody people others everyone everybody "
     "kids students women girls boys men friends classmates each classmate sister brother friend teacher son "
     "daughter players streamer child girl boy mujhe usko unko kisi logon isko mere meri unhe usay"},
    {fiction,
     "book novel film movie villain character song lyrics story play poem episode scene chapter series anime "
     "rapper singer actor kahani gana drama"},
    {question, "what why how should kya kyun meaning mean means"},
    {apology, "sorry kidding jk joking joke offense offence prank mazak mazaq maaf maafi jking"},
    {game, "game games minecraft roblox fortnite valorant pubg fifa chess ludo match round ranked"},
    {wording, "word words term terms phrase slur lafz alfaz"},
    {negating, "not never nahi nahin nhi nai mat"},
    {turning, "but only just wait stop rest sleep hesitate think care until let regret forget merely"},
    {passive, "was were been being be got get gets am is are"},
    {linking, "that who whoever anyone"},
    {approving, "ok okay fine funny cool acceptable right nice"}};

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
    if (findings.hits.empty()) return;
    marks_.reserve(text.tokens.size());
    for (auto const& token : text.tokens) {
        auto const marks = token.kind == Token::Kind::word ? marks_of(token.hash) : 0;
        marks_.push_back(marks);
        if (token.is_quoted) continue;
        is_fiction_ = is_fiction_ || (marks & fiction) != 0;
        is_question_ = is_question_ || (marks & question) != 0;
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
        near =
            near || (i + 1 >= hit.first && is_plain_negation(i) && !marked(i + 1 < marks_.size() ? i + 1 : i, saying));
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
    // "I never said you were stupid"
    for (auto i = sentence.first; i + 2 < hit.first; ++i)
        if (word(i) == "i" && marked(i + 1, negating) && marked(i + 2, telling)) return true;
    // "you are not an idiot", "isn't stupid at all"; "nothing but a coward" denies nothing.
    for (std::size_t i = hit.first, k = 0; i > sentence.first && k < 4; ++k) {
        --i;
        if (marked(i, saying | telling) || word(i) == "but" || has_role(i, Role::you)) return false;
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
        // "… is never okay"
        if (i > hit.last && marked(i, approving) && !tokens[i].is_quoted)
            for (std::size_t k = i, steps = 0; k > hit.last + 1 && steps < 3; ++steps)
                if (marked(--k, negating)) return true;
        if (!has_role(i, Role::counter) || tokens[i].is_quoted) continue;
        // "hurt you" hurts.
        if (i + 1 < tokens.size() && has_role(i + 1, Role::you)) continue;
        // "report this noob" asks for something; "we reported it" tells of it.
        if (word(i) == "report" && i + 1 < tokens.size() && !marked(i + 1, recipient)) continue;
        bool but = false;
        for (auto k = i + 1; k < hit.first && !but; ++k)
            but = word(k) == "but" || word(k) == "magar" || word(k) == "lekin";
        bool denied = false;
        if (i < hit.first)
            for (std::size_t k = i, steps = 0; k > 0 && steps < 4 && !denied; ++steps) denied = marked(--k, negating);
        bool const allowed = word(i) == "allowed" && i > 0 && !has_role(i - 1, Role::negation);
        if (!but && !allowed && !(denied && word(i) != "allowed")) return true;
    }
    return false;
}

Framing::Telling Framing::telling_before(Hit const& hit, Sentence sentence, bool quoted) const {
    auto const& tokens = text_.tokens;
    Telling found;
    bool against = false;
    for (auto i = sentence.first; i < hit.first; ++i) {
        if (tokens[i].is_quoted && !quoted) continue;
        if (marked(i, telling | saying)) {
            found.verb = i;
            // "you can't just say …", "nobody should call …". "don't say …" forbids nothing, "I'd never say …" nobody.
            for (std::size_t k = i, steps = 0; k > sentence.first && steps < 3; ++steps)
                if (--k; has_role(k, Role::negation) && k > sentence.first && word(k - 1) != "do" &&
                         !(k > 1 && (word(k - 2) == "i" || word(k - 2) == "we")) && word(k - 1) != "i")
                    found.is_forbidden = true;
        }
        if (marked(i, wording)) found.word_at = i;
        found.is_condemned = found.is_condemned || (against && marked(i, linking));
        auto const here = word(i);
        against = against || here == "lie" || here == "lies" || here == "myth" || here == "against" ||
                  here == "wrong" || here == "false";
    }
    return found;
}

/// Somebody else is told it, or it is told of somebody: "told him to …", "was called …", "… at us", "mujhe … kaha".
bool Framing::is_about_others(Hit const& hit, Telling const& told, Sentence sentence, bool quoted) const {
    auto const& tokens = text_.tokens;
    auto const after = std::min<std::size_t>(tokens.size(), hit.last + 6);
    bool const verb_last = told.verb == nowhere;
    for (auto i = verb_last ? sentence.first : told.verb + 1; i < after; ++i) {
        if ((i >= hit.first && i <= hit.last) || (quoted && tokens[i].is_quoted)) continue;
        bool const somebody = marked(i, recipient) || (!verb_last && i < hit.first && has_role(i, Role::person));
        if (somebody && !(verb_last && i < hit.first && !has_role(i, Role::urdu) && !has_role(i, Role::self)))
            return true;
    }
    if (verb_last || told.verb == sentence.first || !marked(told.verb - 1, passive)) return false;
    for (auto i = sentence.first; i < told.verb; ++i)
        if (has_role(i, Role::you)) return false;
    return true;
}

/// Somebody is spoken to outside the words that are told of: then they are thrown at the reader.
bool Framing::is_at_reader(Hit const& hit, Telling const& told, Sentence sentence) const {
    auto const& tokens = text_.tokens;
    for (auto i = told.verb == nowhere ? sentence.first : told.verb + 1; i < hit.first; ++i) {
        if (tokens[i].is_quoted || !has_role(i, Role::you)) continue;
        bool const possessive = i + 1 < tokens.size() && (has_role(i + 1, Role::person) || marked(i + 1, recipient));
        if (!possessive) return true;
    }
    return false;
}

bool Framing::is_honest(Hit const& hit, Term const& term, Sentence sentence) const {
    auto const& tokens = text_.tokens;
    bool const quoted = tokens[hit.first].is_quoted && tokens[hit.last].is_quoted;
    auto const told = telling_before(hit, sentence, quoted);
    bool const condemned = is_condemned(hit);
    if (!quoted && is_at_reader(hit, told, sentence)) return false;
    bool spoken_of = told.verb != nowhere;
    // "… is what they shouted at us"
    auto const after = std::min<std::size_t>(tokens.size(), hit.last + 6);
    for (auto i = static_cast<std::size_t>(hit.last) + 1; i < after && !spoken_of; ++i)
        spoken_of = marked(i, telling) && !tokens[i].is_quoted;
    bool const about_others = is_about_others(hit, told, sentence, quoted);
    // Threats, demands and the urging to die are said to somebody's face, whether or not they name them.
    bool const to_a_face = term.category == Category::threat || term.category == Category::sexual ||
                           (term.category == Category::harassment && term.severity == Severity::high);
    bool includes_reader = false;
    auto first = static_cast<std::size_t>(hit.first), last = static_cast<std::size_t>(hit.last);
    if (quoted) {
        while (first > 0 && tokens[first - 1].is_quoted) --first;
        while (last + 1 < tokens.size() && tokens[last + 1].is_quoted) ++last;
    }
    for (auto i = first; i <= last; ++i) includes_reader = includes_reader || has_role(i, Role::you);
    if (quoted) {
        if (condemned || is_fiction_ || told.word_at != nowhere) return true;
        bool const of_groups = term.category == Category::hate_speech && !includes_reader;
        if (spoken_of && (about_others || of_groups)) return true;
        return is_question_ && (spoken_of || text_.shape.questions > 0);
    }
    if (told.is_condemned || (spoken_of && condemned)) return true;
    if (includes_reader) return false;
    // "told him to go die"
    if (to_a_face) return told.verb != nowhere && told.verb + 1 < hit.first && marked(told.verb + 1, recipient);
    if (spoken_of && (told.is_forbidden || about_others || is_fiction_)) return true;
    if (spoken_of && text_.shape.questions > 0 && is_question_) return true;
    bool const mentioned = told.word_at != nowhere && told.word_at + 4 > hit.first;
    if (mentioned && (condemned || is_question_)) return true;
    return findings_.is_lesson && hit.first == hit.last;
}

Excuse Framing::of(Hit const& hit, Term const& term) const {
    if (term.category == Category::self_harm) return Excuse::none;
    auto const sentence = around(hit);
    if (is_denied(hit, term, sentence)) return Excuse::denial;
    // A concern tells of itself in the words of everyday: "sent me", "tell everyone". There it takes condemnation.
    bool const quoted = text_.tokens[hit.first].is_quoted && text_.tokens[hit.last].is_quoted;
    if ((!term.action || quoted || is_condemned(hit)) && is_honest(hit, term, sentence)) return Excuse::honest;
    if (text_.tokens[hit.first].is_quoted) return Excuse::step;
    for (auto i = sentence.first; i <= sentence.last; ++i) {
        if (i >= hit.first && i <= hit.last) continue;
        if (marked(i, apology | game)) return Excuse::step;
        bool const near = i < hit.first && i + 5 >= hit.first;
        if (near && (marked(i, telling | saying | wording | negating) || has_role(i, Role::negation)))
            return Excuse::step;
    }
    return Excuse::none;
}

}  // namespace soyuz::judge
