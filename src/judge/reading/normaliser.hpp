#pragma once

#include <string_view>

#include "judge/reading/read_text.hpp"
#include "judge/reading/spelling.hpp"

namespace soyuz::judge {

/// Reads `text` (UTF-8; broken bytes are skipped over) as its author meant it to be read: compatibility forms,
/// look-alikes, hidden characters, leet digits and signs, separated, stretched, swapped and masked letters are undone,
/// each token knows its place in the original. Words are never joined across a boundary unless the parts are single
/// letters or no words at all ("class", "Scunthorpe" and "push it" stay what they are). `out` is reused, so that
/// judging allocates little. Linear in the length of `text`. Thread-safe.
void normalise(std::string_view text, Spelling const& words, ReadText& out);

}  // namespace soyuz::judge
