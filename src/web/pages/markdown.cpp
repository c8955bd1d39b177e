#include "web/pages/markdown.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "web/http/html.hpp"
#include "web/pages/markdown_line.hpp"

namespace soyuz::web {

namespace {

using markdown::append_line;
using markdown::is_blank;

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
    while (!line.empty() && (markdown::is_alphanumeric(line.front()) ||
                             std::string_view{"_+#.-"}.find(line.front()) != std::string_view::npos))
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

/// Length of a list item's marker and the spaces behind it, 0 where there is none; something must follow.
std::size_t marker_end(std::string_view line, std::size_t after_sign) {
    std::size_t at = after_sign;
    while (at < line.size() && line[at] == ' ') ++at;
    bool const is_item = at > after_sign && at < line.size() && line[at] != '\t';
    return is_item ? at : 0;
}

std::size_t bullet(std::string_view line) {
    return line.starts_with('-') || line.starts_with('*') ? marker_end(line, 1) : 0;
}

std::size_t numbered(std::string_view line) {
    std::size_t digits = 0;
    while (digits < line.size() && is_digit(line[digits])) ++digits;
    if (digits < 1 || digits > 3 || digits >= line.size() || (line[digits] != '.' && line[digits] != ')')) return 0;
    return marker_end(line, digits + 1);
}

class Blocks {
public:
    Blocks(Lines lines, std::string& out) : lines_(std::move(lines)), out_(out) {}

    void read() {
        for (std::size_t at = 0; at < lines_.size();) at = block(at);
    }

private:
    /// Writes the block that starts at line `at`; returns the line behind it.
    std::size_t block(std::size_t at) {
        auto const line = lines_[at];
        if (is_blank(line)) return at + 1;
        if (auto const end = fence_end(at)) return fence(at, end);
        if (line.starts_with('>')) return quote(at);
        if (bullet(line) != 0) return list(at, "ul", bullet);
        if (numbered(line) != 0) return list(at, "ol", numbered);
        std::size_t end = at + 1;
        while (end < lines_.size() && !starts_block(end)) ++end;
        out_ += "<p>";
        for (std::size_t i = at; i < end; ++i) {
            if (i > at) out_ += "<br>";
            append_line(out_, lines_[i]);
        }
        out_ += "</p>";
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
        return is_blank(line) || line.starts_with('>') || bullet(line) != 0 || numbered(line) != 0 || fence_end(at) > 0;
    }

    std::size_t fence(std::size_t at, std::size_t end) {
        out_ += "<pre><code>";
        for (std::size_t i = at + 1; i < end; ++i) {
            if (i > at + 1) out_ += '\n';
            append_html(out_, lines_[i]);
        }
        out_ += "</code></pre>";
        return end + 1;
    }

    std::size_t quote(std::size_t at) {
        out_ += "<blockquote>";
        std::size_t end = at;
        for (; end < lines_.size() && lines_[end].starts_with('>'); ++end) {
            if (end > at) out_ += "<br>";
            auto line = lines_[end].substr(1);
            if (line.starts_with(' ')) line.remove_prefix(1);
            append_line(out_, line);
        }
        out_ += "</blockquote>";
        return end;
    }

    std::size_t list(std::size_t at, std::string_view tag, std::size_t (*marker)(std::string_view)) {
        out_.append("<").append(tag);
        if (tag == "ol") {
            int first = 0;
            for (char c : lines_[at]) {
                if (!is_digit(c)) break;
                first = first * 10 + (c - '0');
            }
            if (first != 1) out_.append(" start=\"").append(std::to_string(first)).append("\"");
        }
        out_ += '>';
        for (; at < lines_.size() && marker(lines_[at]) != 0; ++at) {
            out_ += "<li>";
            append_line(out_, lines_[at].substr(marker(lines_[at])));
            out_ += "</li>";
        }
        out_.append("</").append(tag).append(">");
        return at;
    }

    Lines const lines_;
    std::string& out_;
};

}  // namespace

std::string markdown_html(std::string_view text) {
    std::string html;
    html.reserve(text.size() + text.size() / 4 + 16);
    auto const normal = normalise(text);
    Blocks{split(normal), html}.read();
    return html;
}

}  // namespace soyuz::web
