#pragma once

#include "judge/reading/read_text.hpp"
#include "judge/reading/spelling.hpp"

namespace soyuz::judge {

/// Turns the glyphs of `text` into tokens, each with its canonical spelling. Linear in the number of glyphs.
void read_tokens(Spelling const& words, ReadText& text);

}  // namespace soyuz::judge
