#include "chat/markup/escapes.hpp"

#include <vector>

#include "chat/markup/code_spans.hpp"
#include "chat/markup/line.hpp"

namespace soyuz::chat::markup {

namespace {

/// Backslashes in a row and the punctuation behind them.
struct Escape {
    std::size_t at;
    std::size_t backslashes;
    std::size_t bare;  ///< where the punctuation stands in the line without them
};

std::size_t backslashes_at(std::string_view line, std::size_t at) {
    auto const end = line.find_first_not_of('\\', at);
    return (end == line.npos ? line.size() : end) - at;
}

/// The escapes of `line` outside code, and the line without them.
std::vector<Escape> find_escapes(std::string_view line, std::string& bare) {
    std::vector<Escape> escapes;
    auto const spans = code_spans({line, {}}, true);
    auto span = spans.begin();
    for (std::size_t at = 0; at < line.size();) {
        if (span != spans.end() && at == span->first) {
            bare.append(line, at, span->second - at);
            at = (span++)->second;
        } else if (line[at] != '\\') {
            bare += line[at++];
        } else {
            auto const count = backslashes_at(line, at);
            bool const is_escape = at + count < line.size() && is_punctuation(line[at + count]);
            if (is_escape) escapes.push_back({at, count, bare.size()});
            // The punctuation is passed too: a backtick behind backslashes starts no span.
            bare.append(line, is_escape ? at + count : at, is_escape ? 1 : count);
            at += count + (is_escape ? 1 : 0);
        }
    }
    return escapes;
}

}  // namespace

UnescapedLine undo_escapes(std::string_view line, std::size_t block_escape) {
    UnescapedLine result;
    if (line.find('\\') == line.npos) {
        result.text = line;
        return result;
    }
    std::string bare;
    auto const escapes = find_escapes(line, bare);
    auto const is_markup = markup_of(bare);
    auto const put = [&](std::string_view text, bool is_literal) {
        result.text += text;
        result.literal.append(text.size(), is_literal ? '\1' : '\0');
    };
    std::size_t from = 0;
    for (auto const& escape : escapes) {
        put(line.substr(from, escape.at - from), false);
        bool const protects = is_markup[escape.bare] || escape.at == block_escape;
        auto const kept = protects ? escape.backslashes / 2 : escape.backslashes;
        put(line.substr(escape.at, kept), true);
        put(line.substr(escape.at + escape.backslashes, 1), !protects || escape.backslashes % 2 == 1);
        from = escape.at + escape.backslashes + 1;
    }
    put(line.substr(from), false);
    return result;
}

}  // namespace soyuz::chat::markup
