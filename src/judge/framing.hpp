#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "judge/lists/lexicon.hpp"
#include "judge/reading/read_text.hpp"

namespace soyuz::judge {

/// What the words around a listed one make of it.
enum class Excuse : std::uint8_t {
    none,
    denial,  ///< "you are not stupid": the opposite is said
    step,    ///< "he said", "don't say", "sorry", "in the game", quotation marks: it weighs a little less
    honest   ///< told of or condemned: "he called me …", "calling people … is not okay"
};

/// Reads how a text frames what it says. Made once for a text that has hits; each question looks at no more than
/// fourteen words to either side.
class Framing {
public:
    Framing(ReadText const& text, Findings const& findings);

    /// Never more than `step` for what is thrown at the reader.
    Excuse of(Hit const& hit, Term const& term) const;

    /// "I won't hurt you", "main tumhe nahi maarunga": a threat that is none.
    bool is_negated_threat(Hit const& hit, Term const& term) const;

private:
    struct Sentence {
        std::size_t first, last;
    };

    std::string_view word(std::size_t place) const { return text_.of(text_.tokens[place]); }
    bool marked(std::size_t place, std::uint32_t mark) const { return (marks_[place] & mark) != 0; }
    bool has_role(std::size_t place, Role role) const { return has(findings_.roles[place], role); }
    bool is_plain_negation(std::size_t place) const;
    Sentence around(Hit const& hit) const;
    bool is_denied(Hit const& hit, Term const& term, Sentence sentence) const;
    bool is_condemned(Hit const& hit) const;
    static constexpr auto nowhere = static_cast<std::size_t>(-1);
    /// What stands before a hit in its sentence.
    struct Telling {
        std::size_t verb = nowhere;     ///< the last word for saying or telling
        std::size_t word_at = nowhere;  ///< "the word", "the term"
        bool is_forbidden = false, is_condemned = false;
    };
    Telling telling_before(Hit const& hit, Sentence sentence, bool quoted) const;
    bool is_about_others(Hit const& hit, Telling const& told, Sentence sentence, bool quoted) const;
    bool is_at_reader(Hit const& hit, Telling const& told, Sentence sentence) const;
    bool is_honest(Hit const& hit, Term const& term, Sentence sentence) const;

    ReadText const& text_;
    Findings const& findings_;
    std::vector<std::uint32_t> marks_;
    bool is_fiction_ = false, is_question_ = false;
};

}  // namespace soyuz::judge
