#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "chat/markup/escapes.hpp"
#include "chat/markup/markup.hpp"

namespace soyuz::chat::markup {

/// One line: emphasis, code, links, mentions. Nothing inside a line reaches over its end. `block_escape` is where a
/// backslash keeps it from being a block, or npos.
void read_line(std::string_view line, std::size_t block_escape, Reader& reader);

/// For each byte of a line in which nothing is literal: is it markup?
std::vector<bool> markup_of(std::string_view line);

bool is_blank(std::string_view text);
bool is_alphanumeric(char c);  ///< of ASCII
bool is_punctuation(char c);   ///< of ASCII

}  // namespace soyuz::chat::markup
