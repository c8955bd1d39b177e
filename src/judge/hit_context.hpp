#pragma once

#include <string_view>

#include "judge/lists/lexicon.hpp"
#include "judge/reading/read_text.hpp"

namespace soyuz::judge {

/// At whom a listed word is thrown, as far as the words around it tell.
enum class Target { nobody, you, other, self, thing };

/// Reads the words around `hit` in the same sentence.
Target target_of(Hit const& hit, Term const& term, ReadText const& text, Findings const& findings);

/// Score of one hit by itself, 0 … 1.
double weight_of(Term const& term, Target target, bool urdu_abuse);

}  // namespace soyuz::judge
