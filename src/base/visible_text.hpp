#pragma once

#include <string>
#include <string_view>

/// One notion of what nobody sees, for messages, names, titles and files. All take valid UTF-8.
namespace soyuz::base {

/// Is there anything to see? Blanks, controls, what Unicode calls default ignorable, the blank Braille pattern, Hangul
/// fillers and marks without a base are nothing.
bool shows_something(std::string_view text);

/// What came along with a paste goes: escape sequences of terminals, control characters, embeddings, overrides and
/// isolates of the writing direction. Every line end, also VT, FF, NEL and Unicode's own, becomes LF; TAB stays.
std::string tidy_paste(std::string text);

/// A name, a title or a topic on one line: as `tidy_paste`, with a space for each line end and tab, without invisible
/// characters that no script and no emoji needs, and without blanks at either end. A text of which nothing can be seen
/// or that turns its letters round (U+202E) stays as it is, trimmed, to be refused.
std::string tidy_line(std::string_view text);

/// Holds a control character, an embedding or override of the writing direction, an invisible character, or one that
/// stands for nothing? Joiners, marks of direction, variation selectors and the tags of a flag are none: Persian, Urdu
/// and emoji need them.
bool has_hidden_characters(std::string_view text);

/// Do more than three marks stand on one letter, more than six where a script stacks them? They cover the lines around.
bool has_towering_marks(std::string_view text);

/// Holds a character that shows nothing by itself, of any kind but a space?
bool has_unseen_characters(std::string_view text);

}  // namespace soyuz::base
