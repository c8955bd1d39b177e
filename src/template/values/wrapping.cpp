#include "template/values/wrapping.hpp"

#include <algorithm>

#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

using Characters = std::u32string;

bool is_blank(char32_t c) { return c == ' ' || (c >= 9 && c <= 13); }
bool is_plain_letter(char32_t c) { return is_word(c) && !is_digit(c); }
/// What may stand before a dash that is punctuation.
bool may_precede_dash(char32_t c) {
    return is_word(c) || std::u32string_view(U"!\"'&.,?").find(c) != std::u32string_view::npos;
}

class Splitter {
public:
    Splitter(Characters const& text, bool on_hyphens) : text_(text), on_hyphens_(on_hyphens) {}

    std::vector<Characters> run() {
        std::vector<Characters> chunks;
        for (std::size_t at = 0; at < text_.size();) {
            auto const end = chunk_end(at);
            chunks.push_back(text_.substr(at, end - at));
            at = end;
        }
        return chunks;
    }

private:
    bool letter(std::size_t at) const { return at < text_.size() && is_plain_letter(text_[at]); }

    /// The end of a run of at least two hyphens at `at` with a word behind it, or `at`.
    std::size_t dash_end(std::size_t at) const {
        auto end = at;
        while (end < text_.size() && text_[end] == '-') ++end;
        return end - at >= 2 && end < text_.size() && is_word(text_[end]) ? end : at;
    }

    /// Is the hyphen at `at` one that a compound word may be broken behind?
    bool breaks_behind(std::size_t at) const {
        if (text_[at] != '-' || !letter(at + 1)) return false;
        bool const follows = letter(at + 2) || (at + 2 < text_.size() && text_[at + 2] == '-' && letter(at + 3));
        if (!follows || at < 2 || !letter(at - 1)) return false;
        return letter(at - 2) || (at >= 3 && text_[at - 2] == '-' && letter(at - 3));
    }

    std::size_t chunk_end(std::size_t start) const {
        auto end = start;
        if (is_blank(text_[start])) {
            while (end < text_.size() && is_blank(text_[end])) ++end;
            return end;
        }
        if (!on_hyphens_) {
            while (end < text_.size() && !is_blank(text_[end])) ++end;
            return end;
        }
        if (start > 0 && may_precede_dash(text_[start - 1]))
            if (auto const dash = dash_end(start); dash != start) return dash;
        for (end = start + 1; end < text_.size() && !is_blank(text_[end]); ++end) {
            if (breaks_behind(end)) return end + 1;
            if (may_precede_dash(text_[end - 1]) && dash_end(end) != end) break;
        }
        return end;
    }

    Characters const& text_;
    bool on_hyphens_;
};

bool is_all_blank(Characters const& chunk) { return std::all_of(chunk.begin(), chunk.end(), is_space); }

std::string encoded(Characters const& text) {
    std::string out;
    for (auto const character : text) append_character(out, character);
    return out;
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t width, bool break_long_words, bool break_on_hyphens) {
    Characters characters;
    for (std::size_t at = 0; at < text.size(); at = next_character(text, at)) characters += character_at(text, at);
    auto chunks = Splitter(characters, break_on_hyphens).run();
    std::reverse(chunks.begin(), chunks.end());

    std::vector<std::string> lines;
    while (!chunks.empty()) {
        Characters line;
        std::size_t last_start = 0;  // of the chunk that was added last
        if (!lines.empty() && is_all_blank(chunks.back())) chunks.pop_back();
        while (!chunks.empty() && line.size() + chunks.back().size() <= width) {
            last_start = line.size();
            line += chunks.back();
            chunks.pop_back();
        }
        if (!chunks.empty() && chunks.back().size() > width) {
            auto& chunk = chunks.back();
            auto const room = std::max<std::size_t>(width - line.size(), width < 1 ? 1 : 0);
            if (break_long_words) {
                auto end = room;
                if (break_on_hyphens && chunk.size() > room) {
                    auto const hyphen = room == 0 ? Characters::npos : chunk.rfind(U'-', room - 1);
                    bool const useful =
                        hyphen != Characters::npos && hyphen > 0 && chunk.find_first_not_of(U'-') < hyphen;
                    if (useful) end = hyphen + 1;
                }
                last_start = line.size();
                line += chunk.substr(0, end);
                chunk.erase(0, end);
            } else if (line.empty()) {
                line = chunk;
                last_start = 0;
                chunks.pop_back();
            }
        }
        if (!line.empty() && is_all_blank(line.substr(last_start))) line.erase(last_start);
        if (!line.empty()) lines.push_back(encoded(line));
    }
    return lines;
}

}  // namespace soyuz::jinja
