#pragma once

#include <string_view>

#include "judge/lists/lexicon.hpp"
#include "judge/reading/read_text.hpp"

namespace soyuz::judge {

/// At whom a listed word is thrown, as far as the words around it tell.
enum class Target { nobody, you, other, self, thing };

/// Reads the words around `hit` in the same sentence.
Target target_of(Hit const& hit, Term const& term, ReadText const& text, Findings const& findings);

/// The words around `hit` report or condemn it ("he called me …", "… is a slur", "don't say …"), or it stands in
/// quotation marks beside such words.
bool is_reported(Hit const& hit, ReadText const& text, Findings const& findings);

/// Is the hit denied ("you are not …")?
bool is_denied(Hit const& hit, ReadText const& text, Findings const& findings);

/// Score of one hit by itself, 0 … 1.
double weight_of(Term const& term, Target target, bool urdu_abuse);

}  // namespace soyuz::judge
