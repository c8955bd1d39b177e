#include "web/pages/markdown_line.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "web/http/html.hpp"

namespace soyuz::web::markdown {

namespace {

constexpr std::string_view punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
constexpr std::size_t none = 0;  // no position of a closer can be 0: an opener stands before it

bool is_space(char c) { return c == ' ' || c == '\t'; }

bool ends_address(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F || c == '<' || c == '>' || c == '"' || c == '`' || c == '\\';
}

std::size_t run_length(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && text[end] == text[at]) ++end;
    return end - at;
}

/// The end of the first run of exactly `ticks` backticks from `from` on, or none.
std::size_t run_of(std::string_view text, std::size_t from, std::size_t ticks) {
    for (std::size_t at = from; at < text.size();) {
        if (text[at] != '`') {
            ++at;
            continue;
        }
        auto const length = run_length(text, at);
        if (length == ticks) return at + length;
        at += length;
    }
    return none;
}

/// Where code spans start and end, ascending: a run of backticks up to the next run of the same length.
std::vector<std::pair<std::size_t, std::size_t>> code_spans(std::string_view text) {
    std::vector<std::pair<std::size_t, std::size_t>> spans;
    if (text.find('`') == std::string_view::npos) return spans;
    std::vector<std::size_t> unclosed;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '\\') {
            at += 2;
            continue;
        }
        if (text[at] != '`') {
            ++at;
            continue;
        }
        auto const ticks = run_length(text, at);
        bool const is_hopeless = std::find(unclosed.begin(), unclosed.end(), ticks) != unclosed.end();
        auto const end = is_hopeless ? none : run_of(text, at + ticks, ticks);
        if (end == none) {
            unclosed.push_back(ticks);
            at += ticks;
        } else {
            spans.emplace_back(at, end);
            at = end;
        }
    }
    return spans;
}

/// The ")" that ends a target starting at `from`; pairs of parentheses may stand inside, spaces may not.
std::size_t closing_parenthesis(std::string_view text, std::size_t from) {
    int open = 0;
    for (std::size_t at = from; at < text.size(); ++at) {
        if (ends_address(text[at])) return none;
        if (text[at] == '(') ++open;
        if (text[at] == ')' && open-- == 0) return at;
    }
    return none;
}

/// "http://" or "https://" in any case at the start; its length, or 0.
std::size_t scheme_length(std::string_view text) {
    auto const start = base::lower_ascii(text.substr(0, 8));
    if (start.starts_with("https://")) return 8;
    return start.starts_with("http://") ? 7 : 0;
}

bool starts_host(std::string_view text) {
    return !text.empty() &&
           (is_alphanumeric(text.front()) || text.front() == '[' || static_cast<unsigned char>(text.front()) >= 0x80);
}

bool is_safe_target(std::string_view target) {
    if (auto const scheme = scheme_length(target); scheme != 0) return starts_host(target.substr(scheme));
    if (base::lower_ascii(target.substr(0, 7)) != "mailto:") return false;
    auto const address = target.substr(7);
    auto const at = address.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
           address.find('@', at + 1) == std::string_view::npos;
}

/// The end of an address whose scheme ends at `from`: up to what ends an address, or a closing bracket that it did not
/// open; without the punctuation that ends a sentence.
std::size_t address_end(std::string_view text, std::size_t from) {
    int parentheses = 0;
    int brackets = 0;
    std::size_t end = from;
    for (; end < text.size() && !ends_address(text[end]); ++end) {
        if (text[end] == '(') ++parentheses;
        if (text[end] == '[') ++brackets;
        if (text[end] == ')' && parentheses-- == 0) break;
        if (text[end] == ']' && brackets-- == 0) break;
    }
    static constexpr std::array<std::string_view, 13> trailing{".", ",", ":", ";", "!", "?", "'",
                                                               "*", "_", "~", "۔", "،", "؟"};
    while (end > from) {
        auto const url = text.substr(from, end - from);
        auto const found =
            std::find_if(trailing.begin(), trailing.end(), [&](auto each) { return url.ends_with(each); });
        if (found == trailing.end()) break;
        end -= found->size();
    }
    return end;
}

std::string_view emphasis_tag(char sign, std::size_t size) {
    if (sign == '~') return size == 2 ? "del" : "";
    if (size == 1) return "em";
    return sign == '*' && size == 2 ? "strong" : "";
}

void append_anchor_start(std::string& out, std::string_view target) {
    out += "<a href=\"";
    append_html(out, target);
    out += "\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">";
}

class Line {
public:
    Line(std::string& out, std::string_view text, bool links)
        : out_(out), text_(text), links_(links), spans_(code_spans(text)) {}

    void read() {
        for (std::size_t at = 0; at < text_.size();) at = step(at);
    }

private:
    std::size_t step(std::size_t at) {
        char const c = text_[at];
        std::size_t next = 0;
        if (c == '\\') next = escape(at);
        if (c == '`') next = code(at);
        if (c == '*' || c == '_' || c == '~') next = emphasis(at, c);
        if (c == '[' && links_) next = link(at);
        if ((c == 'h' || c == 'H') && links_) next = autolink(at);
        if (c == '@') next = mention(at);
        if (next > at) return next;
        append_html(out_, text_.substr(at, 1));
        return at + 1;
    }

    bool is_alphanumeric_before(std::size_t at) const { return at > 0 && is_alphanumeric(text_[at - 1]); }

    /// End of the code span that starts at `at`, or none.
    std::size_t span_end(std::size_t at) const {
        auto const found = std::lower_bound(spans_.begin(), spans_.end(), std::pair{at, std::size_t{0}});
        return found != spans_.end() && found->first == at ? found->second : none;
    }
    std::size_t behind_ticks(std::size_t at) const {
        auto const end = span_end(at);
        return end != none ? end : at + run_length(text_, at);
    }

    std::size_t escape(std::size_t at) {
        if (at + 1 >= text_.size() || punctuation.find(text_[at + 1]) == std::string_view::npos) return 0;
        append_html(out_, text_.substr(at + 1, 1));
        return at + 2;
    }

    std::size_t code(std::size_t at) {
        auto const ticks = run_length(text_, at);
        auto const end = span_end(at);
        if (end == none) {
            out_.append(ticks, '`');
            return at + ticks;
        }
        auto inside = text_.substr(at + ticks, end - at - 2 * ticks);
        if (inside.size() > 2 && inside.starts_with(' ') && inside.ends_with(' ') && !is_blank(inside))
            inside = inside.substr(1, inside.size() - 2);
        out_ += "<code>";
        append_html(out_, inside);
        out_ += "</code>";
        return end;
    }

    std::size_t emphasis(std::size_t at, char sign) {
        auto const length = run_length(text_, at);
        auto const size = sign == '*' && length == 3 ? 2 : length;
        auto const tag = emphasis_tag(sign, size);
        auto const behind = at + length;
        bool const opens =
            !tag.empty() && behind < text_.size() && !is_space(text_[behind]) && !is_alphanumeric_before(at);
        auto const close = opens ? closer(behind, sign, size) : none;
        if (close == none) {
            out_.append(length, sign);
            return behind;
        }
        out_.append("<").append(tag).append(">");
        Line{out_, text_.substr(at + size, close - at - size), links_}.read();
        out_.append("</").append(tag).append(">");
        return close + size;
    }

    /// Where the closing delimiter of `size` times `sign` starts, looking from `from` on.
    std::size_t closer(std::size_t from, char sign, std::size_t size) {
        auto const key = std::pair{sign, size};
        // Delimiters known to have no closer further on keep a line of unmatched stars linear.
        if (std::find(unclosed_.begin(), unclosed_.end(), key) != unclosed_.end()) return none;
        for (std::size_t at = from; at < text_.size();) {
            if (text_[at] == '\\') {
                at += 2;
            } else if (text_[at] == '`') {
                at = behind_ticks(at);
            } else if (text_[at] == sign) {
                auto const length = run_length(text_, at);
                bool const fits = length == size || (sign == '*' && length == 3);
                bool const ends_word = at + length >= text_.size() || !is_alphanumeric(text_[at + length]);
                if (fits && !is_space(text_[at - 1]) && ends_word) return at + length - size;
                at += length;
            } else {
                ++at;
            }
        }
        unclosed_.push_back(key);
        return none;
    }

    std::size_t link(std::size_t at) {
        auto const middle = bracket(at + 1);
        if (middle == none || middle + 1 >= text_.size() || text_[middle + 1] != '(') return 0;
        auto const label = text_.substr(at + 1, middle - at - 1);
        auto const end = closing_parenthesis(text_, middle + 2);
        if (end == none || is_blank(label)) return 0;
        auto const target = text_.substr(middle + 2, end - middle - 2);
        if (!is_safe_target(target)) return 0;
        // A label that looks like an address could name another place than the one it leads to.
        if (label.find("://") != label.npos || base::lower_ascii(label).find("www.") != std::string::npos) return 0;
        append_anchor_start(out_, target);
        Line{out_, label, false}.read();
        out_ += "</a>";
        return end + 1;
    }

    /// The position of the "]" that ends a label starting at `from`; labels hold no "[".
    std::size_t bracket(std::size_t from) {
        auto const key = std::pair{'[', std::size_t{0}};
        if (std::find(unclosed_.begin(), unclosed_.end(), key) != unclosed_.end()) return none;
        for (std::size_t at = from; at < text_.size();) {
            if (text_[at] == ']') return at;
            if (text_[at] == '[') return none;
            if (text_[at] == '`') {
                at = behind_ticks(at);
            } else {
                at += text_[at] == '\\' ? 2 : 1;
            }
        }
        unclosed_.push_back(key);
        return none;
    }

    std::size_t autolink(std::size_t at) {
        auto const scheme = scheme_length(text_.substr(at));
        if (scheme == 0 || is_alphanumeric_before(at)) return 0;
        auto const end = address_end(text_, at + scheme);
        if (!starts_host(text_.substr(at + scheme, end - at - scheme))) return 0;
        auto const url = text_.substr(at, end - at);
        append_anchor_start(out_, url);
        append_html(out_, url);
        out_ += "</a>";
        return end;
    }

    std::size_t mention(std::size_t at) {
        if (is_alphanumeric_before(at)) return 0;
        auto const belongs = [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; };
        std::size_t end = at + 1;
        while (end < text_.size() && belongs(text_[end])) ++end;
        while (text_[end - 1] == '.' || text_[end - 1] == '-') --end;
        if (end - at < 4 || end - at > 51) return 0;
        out_ += "<span class=\"mention\">";
        append_html(out_, text_.substr(at, end - at));
        out_ += "</span>";
        return end;
    }

    std::string& out_;
    std::string_view const text_;
    bool const links_;
    std::vector<std::pair<std::size_t, std::size_t>> const spans_;
    std::vector<std::pair<char, std::size_t>> unclosed_;
};

}  // namespace

void append_line(std::string& out, std::string_view line) { Line{out, line, true}.read(); }

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t") == std::string_view::npos; }

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace soyuz::web::markdown
