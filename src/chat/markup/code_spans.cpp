#include "chat/markup/code_spans.hpp"

#include <algorithm>

namespace soyuz::chat::markup {

namespace {

/// The end of the first run of exactly `ticks` backticks from `from` on, or 0.
std::size_t run_of(Piece line, std::size_t from, std::size_t ticks) {
    for (std::size_t at = from; at < line.text.size();) {
        if (line.text[at] != '`' || line.is_literal(at)) {
            ++at;
            continue;
        }
        auto const length = run_length(line, at);
        if (length == ticks) return at + length;
        at += length;
    }
    return 0;
}

}  // namespace

std::size_t run_length(Piece line, std::size_t at) {
    std::size_t end = at + 1;
    while (end < line.text.size() && line.text[end] == line.text[at] && line.is_literal(end) == line.is_literal(at))
        ++end;
    return end - at;
}

std::vector<std::pair<std::size_t, std::size_t>> code_spans(Piece line, bool has_escapes) {
    std::vector<std::pair<std::size_t, std::size_t>> spans;
    auto const text = line.text;
    if (text.find('`') == std::string_view::npos) return spans;
    std::vector<std::size_t> unclosed;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '\\' && has_escapes) {
            at += 2;
            continue;
        }
        if (text[at] != '`' || line.is_literal(at)) {
            ++at;
            continue;
        }
        auto const ticks = run_length(line, at);
        bool const is_hopeless = std::find(unclosed.begin(), unclosed.end(), ticks) != unclosed.end();
        auto const end = is_hopeless ? 0 : run_of(line, at + ticks, ticks);
        if (end == 0) {
            unclosed.push_back(ticks);
            at += ticks;
        } else {
            spans.emplace_back(at, end);
            at = end;
        }
    }
    return spans;
}

}  // namespace soyuz::chat::markup
