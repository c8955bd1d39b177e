#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "search/query.hpp"

namespace soyuz::search {

/// How a word of a text answers to one that was looked for; better is higher.
enum class Likeness { none, spelling, part, beginning, whole };

/// Words of two and fewer characters are met whole and as beginnings, longer ones within words too, and words of a to z
/// in other spellings of Roman Urdu.
Likeness likeness(Word const& sought, Word const& met);

/// Holds the clauses of a query against texts.
class Matcher {
public:
    explicit Matcher(std::vector<Clause> clauses) : clauses_(std::move(clauses)) {}

    struct Range {
        std::size_t begin = 0, end = 0;  ///< bytes
    };
    struct Match {
        std::vector<Range> hits;  ///< of `text`, ascending, apart from each other
        double worth = 0;         ///< how well it answers, for "best first"
    };
    /// Where every clause is met in `text` or in one of `more` (names of files); nothing where one is not.
    std::optional<Match> match(std::string_view text, std::vector<std::string_view> const& more = {}) const;

private:
    std::vector<Clause> clauses_;
};

}  // namespace soyuz::search
