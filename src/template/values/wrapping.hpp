#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace soyuz::jinja {

/// The lines of a paragraph, as Python's textwrap breaks it (without expanding tabs or replacing white space).
std::vector<std::string> wrap(std::string_view text, std::size_t width, bool break_long_words, bool break_on_hyphens);

}  // namespace soyuz::jinja
