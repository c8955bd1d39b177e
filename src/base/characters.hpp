#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Texts by what people call a character (grapheme clusters, UAX #29): a letter with its marks, a flag, a family.
namespace soyuz::base {

/// The beginning of `text` of at most `most` bytes, cut between two characters; a character longer than that is cut
/// between code points. "" where `text` isn't UTF-8.
std::string cut_text(std::string_view text, std::size_t most);

/// The same by UTF-16 units, as the browser's `cut` counts. `text` must be valid UTF-8.
std::string_view cut_units(std::string_view text, std::size_t most);

/// A file's name of at most `most` bytes that keeps its ending.
std::string cut_file_name(std::string_view name, std::size_t most);

/// `text` must be valid UTF-8.
std::string_view first_character(std::string_view text);

/// The code point that begins at `at`, and the one that ends there. Negative where `text` isn't UTF-8.
std::int32_t code_point_at(std::string_view text, std::size_t at);
std::int32_t code_point_before(std::string_view text, std::size_t at);

}  // namespace soyuz::base
