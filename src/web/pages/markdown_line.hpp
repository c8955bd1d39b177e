#pragma once

#include <string>
#include <string_view>

/// Emphasis, code, links and mentions within one line of Markdown. For markdown.cpp only.
namespace soyuz::web::markdown {

void append_line(std::string& out, std::string_view line);

/// Nothing but spaces and tabs.
bool is_blank(std::string_view text);
bool is_alphanumeric(char c);  ///< ASCII

}  // namespace soyuz::web::markdown
