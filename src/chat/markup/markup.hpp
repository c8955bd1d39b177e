#pragma once

#include <string_view>

/// The markup of messages (docs/markdown.md), read once for all who want to know: pages write HTML of it, posting looks
/// for mentions. The browser has the same rules in TypeScript; browser/tests/markdown-cases.json holds both to them.
namespace soyuz::chat::markup {

enum class Element : unsigned char {
    paragraph,
    code_block,
    quote,
    bullets,
    numbers,
    item,
    line_break,
    emphasis,
    strong,
    deletion,
    code,
    link,
    mention,
};

/// Hears what stands in a text, in its order.
class Reader {
public:
    Reader() = default;
    Reader(Reader const&) = delete;
    Reader& operator=(Reader const&) = delete;
    virtual ~Reader() = default;

    virtual void text(std::string_view text) = 0;
    /// `detail` is where a link leads, the number of a list's first item or of an item that breaks the count, or the @
    /// of a mention with all that could belong to the name.
    virtual void begin(Element element, std::string_view detail) = 0;
    virtual void end(Element element) = 0;
};

void read(std::string_view text, Reader& reader);

}  // namespace soyuz::chat::markup
