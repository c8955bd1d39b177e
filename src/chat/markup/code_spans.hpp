#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "chat/markup/escapes.hpp"

namespace soyuz::chat::markup {

/// Where code spans start and end, ascending: a run of backticks up to the next run of the same length. Where
/// `has_escapes`, a backslash hides the character behind it.
std::vector<std::pair<std::size_t, std::size_t>> code_spans(Piece line, bool has_escapes);

/// The length of the run of one character that starts at `at` and is all literal or all not.
std::size_t run_length(Piece line, std::size_t at);

}  // namespace soyuz::chat::markup
