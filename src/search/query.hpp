#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "search/words.hpp"

namespace soyuz::search {

/// What a message can have beside its text.
enum Has : std::uint8_t { has_file = 1, has_picture = 2, has_sound = 4, has_video = 8, has_link = 16, has_poll = 32 };

/// "file", "picture" or "image", "sound" or "audio", "video", "link", "poll"; 0 for anything else.
std::uint8_t parse_has(std::string_view name);

/// What is to be in a message: a word, or words that follow each other.
struct Clause {
    std::vector<Word> words;
    bool is_exact = false;  ///< it stood in quotes: whole words, spelled so
};

/// What somebody typed. All of it has to hold for a message.
struct Query {
    std::vector<Clause> clauses;
    std::string from, in;                          ///< names, as they were typed
    std::optional<base::Timestamp> before, after;  ///< before <, at or after >=
    std::uint8_t has = 0;

    bool is_empty() const { return clauses.empty() && from.empty() && in.empty() && !before && !after && has == 0; }
};

/// Reads words, "phrases in quotes" and `from:` `in:` `before:` `after:` `has:`, whose values may stand in quotes.
/// Days are those of a clock that is `zone` ahead of UTC; `before` one is before it begins, `after` one once it is
/// over. Whatever isn't understood is a word like others. At most 16 clauses.
Query parse_query(std::string_view text, std::chrono::minutes zone = std::chrono::minutes{0});

/// A day (2026-11-21) or a time (RFC 3339); nothing where it is neither. A day is given as its begin, or its end.
std::optional<base::Timestamp> parse_moment(std::string_view text, std::chrono::minutes zone, bool at_end);

}  // namespace soyuz::search
