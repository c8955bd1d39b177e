#include "chat/markup/line.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/characters.hpp"
#include "chat/markup/addresses.hpp"
#include "chat/markup/code_spans.hpp"

namespace soyuz::chat::markup {

namespace {

constexpr std::string_view punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
constexpr std::size_t none = 0;  // no position of a closer can be 0: an opener stands before it

bool is_space(char c) { return c == ' ' || c == '\t'; }

bool is_mark(UChar32 point) {
    return point < 0x80 ? is_punctuation(static_cast<char>(point)) : (U_GET_GC_MASK(point) & U_GC_P_MASK) != 0;
}

bool belongs_to_word(UChar32 point) { return (U_GET_GC_MASK(point) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0; }

/// Is there anything but marks and white space?
bool has_words(std::string_view text) {
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(text.size());) {
        UChar32 point = 0;
        U8_NEXT(reinterpret_cast<std::uint8_t const*>(text.data()), at, static_cast<std::int32_t>(text.size()), point);
        if (!is_mark(point) && !u_isUWhiteSpace(point)) return true;
    }
    return false;
}

std::optional<Element> emphasis_element(char sign, std::size_t size) {
    if (sign == '~') return size == 2 ? std::optional{Element::deletion} : std::nullopt;
    if (size == 1) return Element::emphasis;
    return sign == '*' && size == 2 ? std::optional{Element::strong} : std::nullopt;
}

/// Hears what a label shows.
class Shown final : public Reader {
public:
    void text(std::string_view text) override { shown_ += text; }
    void begin(Element, std::string_view) override {}
    void end(Element) override {}
    std::string const& shown() const { return shown_; }

private:
    std::string shown_;
};

/// Hears nothing: for those who only ask what is markup.
class Deaf final : public Reader {
public:
    void text(std::string_view) override {}
    void begin(Element, std::string_view) override {}
    void end(Element) override {}
};

class Line {
public:
    /// `marks`, where given, is told which bytes are markup; the line's first byte is number `offset` there.
    Line(Reader& reader, Piece line, bool links, std::vector<bool>* marks, std::size_t offset)
        : reader_(reader),
          line_(line),
          text_(line.text),
          links_(links),
          spans_(code_spans(line, false)),
          marks_(marks),
          offset_(offset) {}

    void read() {
        for (std::size_t at = 0; at < text_.size();) at = step(at);
        flush(text_.size());
    }

private:
    std::size_t step(std::size_t at) {
        char const c = text_[at];
        std::size_t next = 0;
        if (!line_.is_literal(at)) {
            if (c == '`') next = code(at);
            if (c == '*' || c == '_' || c == '~') next = emphasis(at, c);
            if (c == '[' && links_) next = link(at);
            if ((c == 'h' || c == 'H') && links_) next = autolink(at);
            if (c == '@') next = mention(at);
        }
        return next > at ? next : at + 1;
    }

    /// Tells the plain text before `end`.
    void flush(std::size_t end) {
        if (end > told_) reader_.text(text_.substr(told_, end - told_));
        told_ = end;
    }

    void mark(std::size_t at, std::size_t count) {
        if (marks_ == nullptr) return;
        for (std::size_t i = at; i < at + count; ++i) (*marks_)[offset_ + i] = true;
    }

    /// Delimiters within a word are text: for underscores of words of any script, for stars of ASCII's.
    bool is_word_before(std::size_t at, char sign) const {
        return sign == '_' ? at > 0 && belongs_to_word(base::code_point_before(text_, at)) : is_alphanumeric_before(at);
    }
    bool is_word_at(std::size_t at, char sign) const {
        if (at >= text_.size()) return false;
        return sign == '_' ? belongs_to_word(base::code_point_at(text_, at)) : is_alphanumeric(text_[at]);
    }

    bool is_alphanumeric_before(std::size_t at) const { return at > 0 && is_alphanumeric(text_[at - 1]); }

    /// End of the code span that starts at `at`, or none.
    std::size_t span_end(std::size_t at) const {
        auto const found = std::lower_bound(spans_.begin(), spans_.end(), std::pair{at, std::size_t{0}});
        return found != spans_.end() && found->first == at ? found->second : none;
    }
    std::size_t behind_ticks(std::size_t at) const {
        auto const end = span_end(at);
        return end != none ? end : at + run_length(line_, at);
    }

    std::size_t code(std::size_t at) {
        auto const ticks = run_length(line_, at);
        auto const end = span_end(at);
        if (end == none) return at + ticks;
        auto inside = text_.substr(at + ticks, end - at - 2 * ticks);
        if (inside.size() > 2 && inside.starts_with(' ') && inside.ends_with(' ') && !is_blank(inside))
            inside = inside.substr(1, inside.size() - 2);
        flush(at);
        mark(at, ticks);
        mark(end - ticks, ticks);
        reader_.begin(Element::code, {});
        reader_.text(inside);
        reader_.end(Element::code);
        return told_ = end;
    }

    /// An underscore before a mark opens behind a blank or another mark only: arms and faces are made of them.
    bool is_arm(std::size_t at, std::size_t behind, char sign) const {
        if (sign != '_' || at == 0 || !is_mark(base::code_point_at(text_, behind))) return false;
        auto const before = base::code_point_before(text_, at);
        return !is_mark(before) && !u_isUWhiteSpace(before);
    }

    std::size_t emphasis(std::size_t at, char sign) {
        auto const length = run_length(line_, at);
        auto const size = sign == '*' && length == 3 ? 2 : length;
        auto const element = emphasis_element(sign, size);
        auto const behind = at + length;
        bool const opens = element && behind < text_.size() && !is_space(text_[behind]) && !is_word_before(at, sign) &&
                           !is_arm(at, behind, sign);
        auto const close = opens ? closer(behind, sign, size) : none;
        if (close == none) return behind;
        auto const inside = line_.part(at + size, close - at - size);
        // A face between two stars is a face.
        if (size == 1 && !has_words(inside.text)) return behind;
        flush(at);
        mark(at, size);
        mark(close, size);
        reader_.begin(*element, {});
        Line{reader_, inside, links_, marks_, offset_ + at + size}.read();
        reader_.end(*element);
        return told_ = close + size;
    }

    /// Where the closing delimiter of `size` times `sign` starts, looking from `from` on.
    std::size_t closer(std::size_t from, char sign, std::size_t size) {
        auto const key = std::pair{sign, size};
        // Delimiters known to have no closer further on keep a line of unmatched stars linear.
        if (std::find(unclosed_.begin(), unclosed_.end(), key) != unclosed_.end()) return none;
        for (std::size_t at = from; at < text_.size();) {
            bool const is_literal = line_.is_literal(at);
            if (!is_literal && text_[at] == '`') {
                at = behind_ticks(at);
            } else if (!is_literal && text_[at] == sign) {
                auto const length = run_length(line_, at);
                bool const fits = length == size || (sign == '*' && length == 3);
                bool const is_within_word = is_word_at(at + length, sign);
                if (fits && !is_space(text_[at - 1]) && !is_within_word) return at + length - size;
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
        if (middle == none || middle + 1 >= text_.size() || text_[middle + 1] != '(' || line_.is_literal(middle + 1))
            return 0;
        if (!starts_target(text_.substr(middle + 2))) return 0;
        auto const label = line_.part(at + 1, middle - at - 1);
        auto const end = closing_parenthesis(line_, middle + 2);
        if (end == none || is_blank(label.text)) return 0;
        auto const target = text_.substr(middle + 2, end - middle - 2);
        if (!is_safe_target(target)) return 0;
        Shown shown;
        Line{shown, label, false, nullptr, 0}.read();
        if (names_another_address(shown.shown(), target)) return 0;
        flush(at);
        mark(at, 1);
        mark(middle, 2);
        mark(end, 1);
        reader_.begin(Element::link, target);
        Line{reader_, label, false, marks_, offset_ + at + 1}.read();
        reader_.end(Element::link);
        return told_ = end + 1;
    }

    /// The position of the "]" that ends a label starting at `from`; labels hold no "[".
    std::size_t bracket(std::size_t from) {
        auto const key = std::pair{'[', std::size_t{0}};
        if (std::find(unclosed_.begin(), unclosed_.end(), key) != unclosed_.end()) return none;
        for (std::size_t at = from; at < text_.size();) {
            bool const is_literal = line_.is_literal(at);
            if (text_[at] == ']' && !is_literal) return at;
            if (text_[at] == '[' && !is_literal) return none;
            at = text_[at] == '`' && !is_literal ? behind_ticks(at) : at + 1;
        }
        unclosed_.push_back(key);
        return none;
    }

    std::size_t autolink(std::size_t at) {
        auto const scheme = scheme_length(text_.substr(at));
        if (scheme == 0 || is_alphanumeric_before(at)) return 0;
        auto const end = address_end(line_, at + scheme, unclosed_brackets_);
        if (!starts_host(text_.substr(at + scheme, end - at - scheme))) return 0;
        auto const url = text_.substr(at, end - at);
        flush(at);
        reader_.begin(Element::link, url);
        reader_.text(url);
        reader_.end(Element::link);
        return told_ = end;
    }

    std::size_t mention(std::size_t at) {
        if (is_alphanumeric_before(at)) return 0;
        auto const belongs = [&](std::size_t i) {
            char const c = text_[i];
            return !line_.is_literal(i) && (is_alphanumeric(c) || c == '_' || c == '.' || c == '-');
        };
        std::size_t whole = at + 1;
        while (whole < text_.size() && belongs(whole)) ++whole;
        auto end = whole;
        while (text_[end - 1] == '.' || text_[end - 1] == '-') --end;
        if (end - at < 4 || end - at > 51) return 0;
        flush(at);
        mark(at, 1);
        reader_.begin(Element::mention, text_.substr(at, whole - at));
        reader_.text(text_.substr(at, end - at));
        reader_.end(Element::mention);
        return told_ = end;
    }

    Reader& reader_;
    Piece const line_;
    std::string_view const text_;
    bool const links_;
    std::vector<std::pair<std::size_t, std::size_t>> const spans_;
    std::vector<bool>* const marks_;
    std::size_t const offset_;
    std::size_t told_ = 0;  ///< everything before it was told to the reader
    std::vector<std::pair<char, std::size_t>> unclosed_;
    std::vector<std::size_t> unclosed_brackets_;
};

}  // namespace

void read_line(std::string_view line, std::size_t block_escape, Reader& reader) {
    auto const unescaped = undo_escapes(line, block_escape);
    Line{reader, unescaped.piece(), true, nullptr, 0}.read();
}

std::vector<bool> markup_of(std::string_view line) {
    std::vector<bool> marks(line.size());
    Deaf deaf;
    Line{deaf, {line, {}}, true, &marks, 0}.read();
    return marks;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t") == std::string_view::npos; }

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_punctuation(char c) { return punctuation.find(c) != std::string_view::npos; }

}  // namespace soyuz::chat::markup
