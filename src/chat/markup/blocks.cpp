#include <algorithm>
#include <string>
#include <vector>

#include "chat/markup/line.hpp"
#include "chat/markup/markup.hpp"

namespace soyuz::chat::markup {

namespace {

using Lines = std::vector<std::string_view>;

std::string normalise(std::string_view text) {
    std::string normal;
    normal.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r') {
            normal += text[i];
            continue;
        }
        normal += '\n';
        if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    }
    return normal;
}

Lines split(std::string_view text) {
    Lines lines;
    while (true) {
        auto const end = text.find('\n');
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return lines;
        text.remove_prefix(end + 1);
    }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void skip_spaces(std::string_view& text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
}

/// ``` with a word behind it for the language.
bool opens_fence(std::string_view line) {
    if (!line.starts_with("```")) return false;
    line.remove_prefix(3);
    skip_spaces(line);
    while (!line.empty() &&
           (is_alphanumeric(line.front()) || std::string_view{"_+#.-"}.find(line.front()) != std::string_view::npos))
        line.remove_prefix(1);
    skip_spaces(line);
    return line.empty();
}

bool closes_fence(std::string_view line) {
    if (!line.starts_with("```")) return false;
    line.remove_prefix(3);
    skip_spaces(line);
    return line.empty();
}

/// Length of a marker and the spaces behind it, 0 where there is none; something must follow.
std::size_t marker_end(std::string_view line, std::size_t after_sign) {
    std::size_t at = after_sign;
    while (at < line.size() && line[at] == ' ') ++at;
    bool const is_item = at > after_sign && at < line.size() && line[at] != '\t';
    return is_item ? at : 0;
}

std::size_t bullet(std::string_view line) {
    return line.starts_with('-') || line.starts_with('*') ? marker_end(line, 1) : 0;
}

std::size_t digits_of(std::string_view line) {
    return static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_digit) - line.begin());
}

std::size_t numbered(std::string_view line) {
    auto const digits = digits_of(line);
    if (digits < 1 || digits > 3 || digits >= line.size() || (line[digits] != '.' && line[digits] != ')')) return 0;
    return marker_end(line, digits + 1);
}

int number_of(std::string_view line) {
    int number = 0;
    for (auto const c : line.substr(0, digits_of(line))) number = number * 10 + (c - '0');
    return number;
}

/// A quotation begins with ">", a blank and something: an emoticon is none.
bool opens_quote(std::string_view line) {
    return line.size() > 2 && line[0] == '>' && (line[1] == ' ' || line[1] == '\t') && !is_blank(line.substr(1));
}

bool continues_quote(std::string_view line) {
    return line.starts_with('>') && (opens_quote(line) || is_blank(line.substr(1)));
}

/// Where a backslash keeps a line from being a block of another kind, or npos.
std::size_t block_escape(std::string_view line) {
    auto const digits = digits_of(line);
    if (digits >= line.size() || line[digits] != '\\') return line.npos;
    auto without = std::string{line};
    without.erase(digits, 1);
    bool const is_block =
        digits > 0 ? numbered(without) != 0 : bullet(without) != 0 || opens_quote(without) || opens_fence(without);
    return is_block ? digits : line.npos;
}

class Blocks {
public:
    Blocks(Lines lines, Reader& reader) : lines_(std::move(lines)), reader_(reader) {}

    void read() {
        for (std::size_t at = 0; at < lines_.size();) at = block(at);
    }

private:
    /// Reads the block that starts at line `at`; returns the line behind it.
    std::size_t block(std::size_t at) {
        auto const line = lines_[at];
        if (is_blank(line)) return at + 1;
        if (auto const end = fence_end(at)) return fence(at, end);
        if (opens_quote(line)) return quote(at);
        if (bullet(line) != 0) return list(at, Element::bullets, bullet);
        if (numbered(line) != 0) return list(at, Element::numbers, numbered);
        std::size_t end = at + 1;
        while (end < lines_.size() && !starts_block(end)) ++end;
        reader_.begin(Element::paragraph, {});
        for (std::size_t i = at; i < end; ++i) {
            if (i > at) reader_.begin(Element::line_break, {});
            read_line(lines_[i], block_escape(lines_[i]), reader_);
        }
        reader_.end(Element::paragraph);
        return end;
    }

    /// The line of the closing fence for an opening one at `at`, or 0.
    std::size_t fence_end(std::size_t at) const {
        if (!opens_fence(lines_[at])) return 0;
        for (std::size_t end = at + 1; end < lines_.size(); ++end)
            if (closes_fence(lines_[end])) return end;
        return 0;
    }

    bool starts_block(std::size_t at) const {
        auto const line = lines_[at];
        return is_blank(line) || opens_quote(line) || bullet(line) != 0 || numbered(line) != 0 || fence_end(at) > 0;
    }

    std::size_t fence(std::size_t at, std::size_t end) {
        reader_.begin(Element::code_block, {});
        for (std::size_t i = at + 1; i < end; ++i) {
            if (i > at + 1) reader_.text("\n");
            reader_.text(lines_[i]);
        }
        reader_.end(Element::code_block);
        return end + 1;
    }

    std::size_t quote(std::size_t at) {
        reader_.begin(Element::quote, {});
        std::size_t end = at;
        for (; end < lines_.size() && continues_quote(lines_[end]); ++end) {
            if (end > at) reader_.begin(Element::line_break, {});
            read_line(lines_[end].substr(std::min<std::size_t>(2, lines_[end].size())), std::string_view::npos,
                      reader_);
        }
        reader_.end(Element::quote);
        return end;
    }

    std::size_t list(std::size_t at, Element kind, std::size_t (*marker)(std::string_view)) {
        bool const has_numbers = kind == Element::numbers;
        auto due = has_numbers ? number_of(lines_[at]) : 0;
        reader_.begin(kind, has_numbers && due != 1 ? std::to_string(due) : std::string{});
        for (; at < lines_.size() && marker(lines_[at]) != 0; ++at) {
            auto const number = has_numbers ? number_of(lines_[at]) : due;
            reader_.begin(Element::item, number != due ? std::to_string(number) : std::string{});
            read_line(lines_[at].substr(marker(lines_[at])), std::string_view::npos, reader_);
            reader_.end(Element::item);
            due = has_numbers ? number + 1 : due;
        }
        reader_.end(kind);
        return at;
    }

    Lines const lines_;
    Reader& reader_;
};

}  // namespace

void read(std::string_view text, Reader& reader) {
    auto const normal = normalise(text);
    Blocks{split(normal), reader}.read();
}

}  // namespace soyuz::chat::markup
