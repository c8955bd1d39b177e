#pragma once

#include <string>
#include <string_view>

namespace soyuz::web {

/// Escapes text for HTML content and quoted attributes.
void append_html(std::string& out, std::string_view text);

}  // namespace soyuz::web
