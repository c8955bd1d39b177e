#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "judge/judge.hpp"
#include "judge/lists/category.hpp"

namespace soyuz::judge {

/// How a listed term is found in a token.
enum class Manner : std::uint8_t {
    word,   ///< the whole token
    forms,  ///< the token, or with an English ending (-s, -es, -ed, -ing, -er, -ers, -y)
    stem,   ///< the token begins with it
    part,   ///< anywhere in the token
    sound,  ///< by its Roman Urdu sound
};

/// Terms or phrases that share all properties, as they stand in a file.
struct LexiconGroup {
    Category category = Category::profanity;
    Severity severity = Severity::low;
    Manner match = Manner::word;
    std::optional<Action> action;      ///< an owner's watch word: what to do, whatever the score
    std::string needs;                 ///< role that some word of the text must have; empty: none
    std::vector<std::string> classes;  ///< word classes that the terms belong to, for use in phrases
    std::vector<std::string> terms;
    std::vector<std::string> phrases;
    std::size_t line = 0;
};

/// One file of lexicons/ (docs/moderation.md, "Lexicon files").
struct LexiconFile {
    std::string language;
    std::vector<LexiconGroup> groups;
    std::vector<std::pair<std::string, std::vector<std::string>>> classes;
    std::vector<std::string> allowed_words;
    std::vector<std::string> allowed_phrases;
    std::vector<std::string> names;  ///< terms that people and places are called as well
    std::vector<std::string> oaths;  ///< swear words that call nobody anything
    std::vector<std::string> aimed;  ///< terms with an innocent sense: they count only when thrown at somebody
    std::vector<std::pair<std::string, std::vector<std::string>>>
        ordinary_in;  ///< language, terms that are words there
};

/// Reads a lexicon. Errors: invalid_value, with the file's name, the line and what is wrong there.
base::Result<LexiconFile> parse_lexicon(std::string_view name, std::string_view text);

}  // namespace soyuz::judge
