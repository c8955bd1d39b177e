#include <algorithm>

#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/operators.hpp"
#include "template/values/pattern.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

bool is_blank(std::string_view text) { return stripped(text, {}).empty(); }

/// Words, white space, and where wished what a compound word may be broken into; as in Python's textwrap.
std::vector<std::string_view> chunks_of(std::string_view text, bool break_on_hyphens) {
    static Pattern const words("[\t-\r ]+|[^\t-\r ]+");
    static std::string const letter = "[@w&&[^\\p{Nd}]]";
    static std::string const dash = "(?<=[@w!\"'&.,?])";
    static Pattern const parts("[\t-\r ]+|" + dash + "-{2,}(?=[@w])|[^\t-\r ]+?(?:-(?:(?<=" + letter +
                               "{2}-)|(?<=" + letter + "-" + letter + "-))(?=" + letter + "-?" + letter +
                               ")|(?=[\t-\r ]|\\z)|" + dash + "(?=-{2,}[@w]))");
    return (break_on_hyphens ? parts : words).all(text);
}

/// The lines of a paragraph, as Python's textwrap breaks it (without expanding tabs or replacing white space).
std::vector<std::string_view> wrap(std::string_view text, std::size_t width, bool break_long_words,
                                   bool break_on_hyphens) {
    auto chunks = chunks_of(text, break_on_hyphens);
    std::reverse(chunks.begin(), chunks.end());
    std::vector<std::string_view> lines;
    while (!chunks.empty()) {
        std::vector<std::string_view> line;
        std::size_t room = width;
        auto const take = [&] {
            line.push_back(chunks.back());
            chunks.pop_back();
        };
        if (!lines.empty() && is_blank(chunks.back())) chunks.pop_back();
        for (; !chunks.empty() && length_of(chunks.back()) <= room; take()) room -= length_of(chunks.back());
        if (!chunks.empty() && length_of(chunks.back()) > width) {
            if (break_long_words) {
                auto& chunk = chunks.back();
                auto part = chunk.substr(0, offset_of(chunk, room));
                auto const hyphen = break_on_hyphens ? part.rfind('-') : part.npos;
                if (hyphen != part.npos && part.find_first_not_of('-') < hyphen) part = part.substr(0, hyphen + 1);
                line.push_back(part);
                chunk.remove_prefix(part.size());
            } else if (line.empty()) {
                take();
            }
        }
        if (!line.empty() && is_blank(line.back())) line.pop_back();
        // Chunks follow each other in the text.
        if (!line.empty()) lines.emplace_back(line.front().data(), line.back().data() + line.back().size());
    }
    return lines;
}

}  // namespace

Value wordwrap_filter(Renderer& renderer, Value const& value, Bound const& arguments) {
    auto const width = arguments[0].is_missing() ? 79 : whole(arguments[0], "width");
    if (width <= 0) throw Fault("invalid width " + std::to_string(width) + " (must be > 0)");
    auto const separator = !arguments[2].is_given() ? Value::borrowed("\n") : arguments[2];
    auto const wrapstring = text_of(separator, "wrapstring");
    auto const text = text_of(value, "what is wrapped");
    renderer.budget.scan(text.size() * 8);
    std::string out;
    bool first_paragraph = true;
    for (auto const paragraph : split_lines(text)) {
        if (!first_paragraph) out += wrapstring;
        first_paragraph = false;
        auto const lines =
            wrap(paragraph, static_cast<std::size_t>(width), flag(arguments[1], true), flag(arguments[3], true));
        for (auto const& line : lines) {
            if (&line != &lines.front()) out += wrapstring;
            out += separator.is_markup() ? escaped(line) : line;
            renderer.budget.spend(wrapstring.size() + line.size());
        }
    }
    return make_text(renderer.budget, std::move(out), separator.is_markup());
}

}  // namespace soyuz::jinja
