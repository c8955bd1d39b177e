#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace soyuz::chat::markup {

/// A piece of a line with a mark for each byte: is it text, whatever it looks like? No marks: nothing is.
struct Piece {
    std::string_view text;
    std::string_view literal;

    bool is_literal(std::size_t at) const { return !literal.empty() && literal[at] != 0; }
    Piece part(std::size_t from, std::size_t count = std::string_view::npos) const {
        return {text.substr(from, count), literal.empty() ? literal : literal.substr(from, count)};
    }
};

/// A line without the backslashes that protect something.
struct UnescapedLine {
    std::string text;
    std::string literal;
    Piece piece() const { return {text, literal}; }
};

/// A backslash before ASCII punctuation goes only where the same line without any backslashes would read that character
/// as markup; elsewhere it is a part of a path, a face or a shrug, and stays. What stands behind it is text either way.
UnescapedLine undo_escapes(std::string_view line, std::size_t block_escape);

}  // namespace soyuz::chat::markup
