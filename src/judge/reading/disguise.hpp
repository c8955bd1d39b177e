#pragma once

#include <span>
#include <string>

#include "judge/reading/read_text.hpp"
#include "judge/reading/spelling.hpp"

namespace soyuz::judge {

/// The word that a run of letters, digits and signs without white space stands for ("f*ck", "1d10t", "s.h.i.t",
/// "$tup1d"); empty if it is nothing but what it shows. At most 40 glyphs are looked at.
std::string undisguise(std::span<Glyph const> chunk, Spelling const& words);

/// The word that `letters` (a–z only) was meant to be: stretched ("stuuupid") or swapped ("stupdi") letters undone.
/// Gives `letters` back where no repair leads to a word.
std::string repair(std::string_view letters, Spelling const& words, bool& stretched);

/// Where `word`, which nobody knows, falls into two words of which at least one is a listed term of five letters or
/// more
/// ("stupididiot", "killyourself"); 0 where it doesn't.
std::size_t run_together(std::string_view word, Spelling const& words);

/// Joins what was torn apart with spaces: runs of single characters ("i d i o t", "s h 1 t") into the words that they
/// spell, and two fragments of which at least one is no word into a listed term ("bi tch").
void join_torn(ReadText& text, Spelling const& words);

}  // namespace soyuz::judge
