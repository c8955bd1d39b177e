#pragma once

#include <string>
#include <string_view>

namespace soyuz::web {

/// A safe subset of Markdown as HTML. No HTML is ever passed through: the only tags are those written here. Browsers
/// have the same rules in TypeScript; browser/tests/markdown-cases.json is the judge of both, docs/markdown.md says
/// them in words. `text` must be valid UTF-8. Quadratic at worst in the length of a line.
std::string markdown_html(std::string_view text);

}  // namespace soyuz::web
