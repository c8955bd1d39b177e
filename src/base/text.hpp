#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace soyuz::base {

bool is_valid_utf8(std::string_view text);

/// Number of code points. `text` must be valid UTF-8.
std::size_t count_code_points(std::string_view text);

/// Unicode case folding: equal results mean names that differ only in case.
std::string fold_case(std::string_view text);

/// What a search compares: without regard to case, compatibility forms (NFKC), the dot of İ, and invisible characters
/// such as soft hyphens within a word. `text` must be valid UTF-8.
std::string search_key(std::string_view text);

/// The keys of the words of a query, at most `most`, whatever white space parts them; none where it isn't UTF-8.
std::vector<std::string> search_words(std::string_view text, std::size_t most);

/// Without white space (Unicode's) at either end.
std::string trim(std::string_view text);

/// Appends `text` as a JSON string with its quotes. `text` must be valid UTF-8.
void append_json_string(std::string& out, std::string_view text);

std::string lower_ascii(std::string_view text);

}  // namespace soyuz::base
