#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "judge/lists/automaton.hpp"
#include "judge/lists/lexicon_file.hpp"
#include "judge/lists/phrases.hpp"
#include "judge/reading/language.hpp"
#include "judge/reading/phonetic.hpp"
#include "judge/reading/read_text.hpp"
#include "judge/reading/spelling.hpp"
#include "judge/reading/vocabulary.hpp"

namespace soyuz::judge {

/// What a token does in a sentence, as far as the policy cares. One bit each.
enum class Role : std::uint32_t {
    you = 1,       ///< the person spoken to
    self = 2,      ///< the speaker
    person = 4,    ///< somebody else: he, she, my teacher
    report = 8,    ///< somebody's words are reported: said, called, wrote
    counter = 16,  ///< speaks against it: don't say, not okay, slur, bullying
    group = 32,    ///< people by origin, faith, gender, orientation, disability
    english = 64,  ///< a word that only English uses
    urdu = 128,    ///< a word that only Roman Urdu uses
    negation = 256,
    insult = 512,
    thing = 1024,    ///< what insults without harm: weather, homework, code
    be = 2048,       ///< am, is, are …
    counted = 4096,  ///< after a number it counts something: "57 sala" is 57 years
};
constexpr bool has(std::uint32_t roles, Role role) { return (roles & static_cast<std::uint32_t>(role)) != 0; }

struct Term {
    std::string text;  ///< as the list names it
    Category category = Category::profanity;
    Severity severity = Severity::low;
    Manner match = Manner::word;
    bool is_phrase = false;
    std::optional<Action> action;
    bool is_urdu = false;           ///< from a list of Roman Urdu
    std::uint32_t needs = 0;        ///< roles of which the text must have one
    bool is_name = false;           ///< people or places are called so, or English knows it as another word
    bool is_oath = false;           ///< swearing that calls nobody anything
    bool is_aimed = false;          ///< has an innocent sense: counts only when thrown at somebody
    std::uint32_t ordinary_in = 0;  ///< languages in which it is an ordinary word, one bit each
};

/// A listed term at its place in a text.
struct Hit {
    std::uint32_t term = 0;
    std::uint32_t first = 0;  ///< tokens, inclusive
    std::uint32_t last = 0;
};

struct Findings {
    std::vector<Hit> hits;
    std::vector<std::uint32_t> roles;  ///< per token
    bool is_urdu = false;              ///< more Roman Urdu than English
    bool has_urdu = false;             ///< at least a seventh of the words is Roman Urdu
    bool is_english = false;
    bool is_excused = false;       ///< an allowed phrase stood in the text ("kill the process")
    std::uint32_t condemning = 0;  ///< words outside quotation marks that speak against something
    std::uint32_t reporting = 0;   ///< … that report what somebody said
    bool is_lesson = false;        ///< about slurs, and said to nobody
    bool is_taken_back = false;    ///< … and took a hit back
    bool is_innocent = false;      ///< a listed word stood in its innocent sense: a name, an animal, another language
    std::uint32_t urdu_company = 0, english_company = 0;  ///< words that only the one language has
    Language language = Language::unknown;

    void clear();
};

struct LexiconSource {
    std::string name;  ///< for error messages
    std::string text;
};

/// Words that are no disguise of others: those of English, names among them, and those of Roman Urdu.
struct RealWords {
    Vocabulary english;  ///< names among them
    Vocabulary names;    ///< of people and places
    Vocabulary urdu;
};

/// The word lists, compiled. Never changes once made: an owner's edit makes a new one. Read from any thread.
class Lexicon : public Spelling {
public:
    /// Errors: invalid_value, naming file and line of the first problem. `vocabulary` says which words are ordinary,
    /// `urdu` which ones only Roman Urdu uses, `real` which ones are never taken for another word.
    static base::Result<std::shared_ptr<Lexicon const>> compile(std::span<LexiconSource const> sources,
                                                                Vocabulary const& vocabulary,
                                                                Vocabulary const& urdu = {},
                                                                RealWords const& real = {});

    void find(ReadText const& text, Findings& findings) const;

    std::span<Term const> terms() const { return terms_; }
    /// Changes with the content of the lists: kept with each verdict that is recorded.
    std::string const& version() const { return version_; }

    /// An exception of the lists: innocent whatever it contains.
    bool is_allowed(std::uint64_t hash) const { return allowed_.knows(static_cast<std::uint32_t>(hash)); }
    /// A name of people or places, written as one.
    bool is_name(Token const& token) const {
        return token.is_capitalised && real_.names.knows(static_cast<std::uint32_t>(token.hash));
    }
    bool is_common(std::string_view word) const override { return is_common(hash_of(word)); }
    bool is_common(std::uint64_t hash) const override { return common_.knows(static_cast<std::uint32_t>(hash)); }
    int badness(std::string_view word) const override;
    std::string_view unmask(std::string_view pattern) const override;
    std::string_view unswap(std::string_view word) const override;

private:
    friend class LexiconCompiler;

    struct Entry {
        Manner match = Manner::word;
        std::uint32_t term = Automaton::nothing;
        std::uint32_t roles = 0;
        bool is_function_word = false;
        std::vector<std::uint32_t> symbols;
    };
    struct Heard {
        Sound sound;
        std::uint32_t entry = 0;
    };
    struct Masked {
        std::string word;
        int severity = 0;
    };

    static bool fits(Entry const& entry, std::size_t length, std::size_t end, std::string_view word);
    /// The words around: how many speak for which language.
    struct Company {
        std::uint32_t urdu = 0, english = 0;
    };
    bool is_urdu_word(std::uint64_t hash) const;
    Company company_of(ReadText const& text) const;
    Company const& known_company(ReadText const& text, std::optional<Company>& company) const;
    void heard_as(ReadText const& text, Token const& token, std::optional<Company>& known,
                  std::vector<std::uint32_t>& entries) const;
    void drop_innocent(ReadText const& text, std::uint32_t present, std::optional<Company>& company,
                       Findings& findings) const;
    bool is_innocent(Hit const& hit, ReadText const& text, Findings const& findings) const;

    std::vector<Term> terms_;
    std::vector<Entry> entries_;
    Automaton automaton_;
    std::unordered_map<std::uint64_t, std::uint32_t> other_scripts_;  // whole words that are not a–z
    std::unordered_map<std::uint64_t, std::vector<Heard>> sounds_;
    std::unordered_map<std::uint64_t, std::uint32_t> slips_;  // to terms_
    std::vector<std::vector<Masked>> masks_;                  // by length and first letter
    Phrases phrases_;
    std::uint32_t first_allowed_phrase_ = 0;
    Vocabulary allowed_;
    Vocabulary common_;  // the model's vocabulary, allowed words and the words of classes and phrases
    Vocabulary urdu_;
    RealWords real_;
    Vocabulary urdu_class_, english_class_;  // words of the lists' own classes of the two languages
    Vocabulary ambiguous_;                   // terms that need Urdu around them speak for no language themselves
    std::string version_;
};

}  // namespace soyuz::judge
