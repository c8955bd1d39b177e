#pragma once

#include <string_view>

#include "judge/lists/lexicon.hpp"
#include "judge/reading/read_text.hpp"

namespace soyuz::judge {

/// Is the word at `hit`, which has an innocent sense, thrown at somebody? "tu gadha hai", "oye kutte", "saala harami",
/// "gadha insan" are; "gadhe par bojh lada hai", "mera saala Lahore mein rehta hai" and "tum gadha le aao" are not.
/// Looks at no more than five words to either side.
bool is_thrown(Hit const& hit, bool is_profanity, ReadText const& text, Findings const& findings);

/// A title that stands before a name: "Mr", "Dr", "Professor".
bool is_title(std::string_view word);

}  // namespace soyuz::judge
