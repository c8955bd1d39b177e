#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "chat/markup/escapes.hpp"

namespace soyuz::chat::markup {

/// "http://" or "https://" in any case at the start; its length, or 0.
std::size_t scheme_length(std::string_view text);

bool starts_host(std::string_view text);

/// Does it begin as a safe target does?
bool starts_target(std::string_view text);

/// http, https or mailto with something to lead to.
bool is_safe_target(std::string_view target);

/// The end of an address whose scheme ends at `from`: up to white space, a format character, a quotation mark, a
/// sentence mark of another script, or a closing bracket that it did not open; without the punctuation that ends a
/// sentence. `unclosed` keeps, ascending, the brackets of other scripts that no address of the line closes: none is
/// looked for twice.
std::size_t address_end(Piece line, std::size_t from, std::vector<std::size_t>& unclosed);

/// The ")" that ends a target starting at `from`, or 0; pairs of parentheses may stand inside, spaces may not.
std::size_t closing_parenthesis(Piece line, std::size_t from);

/// Does a label, as it is shown, name an address, and another one than `target`?
bool names_another_address(std::string_view shown, std::string_view target);

}  // namespace soyuz::chat::markup
