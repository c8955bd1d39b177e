#include "web/pages/markdown.hpp"

#include <array>

#include "chat/markup/markup.hpp"
#include "web/http/html.hpp"

namespace soyuz::web {

namespace {

using chat::markup::Element;

struct Tag {
    std::string_view begin;
    std::string_view end;
    std::string_view attribute;  ///< that an element's detail goes into
};

/// In the order of `Element`. Every block finds its own direction.
constexpr std::array<Tag, 13> tags{{
    {"<p dir=\"auto\"", "</p>", ""},
    {"<pre dir=\"auto\"><code", "</code></pre>", ""},
    {"<blockquote dir=\"auto\"", "</blockquote>", ""},
    {"<ul", "</ul>", ""},
    {"<ol", "</ol>", "start"},
    {"<li dir=\"auto\"", "</li>", "value"},
    {"<br", "", ""},
    {"<em", "</em>", ""},
    {"<strong", "</strong>", ""},
    {"<del", "</del>", ""},
    {"<code", "</code>", ""},
    {"<a", "</a>", "href"},
    {"<span class=\"mention\"", "</span>", ""},
}};

Tag const& tag_of(Element element) { return tags[static_cast<std::size_t>(element)]; }

class HtmlWriter final : public chat::markup::Reader {
public:
    explicit HtmlWriter(std::string& out) : out_(out) {}

    void text(std::string_view text) override { append_html(out_, text); }

    void begin(Element element, std::string_view detail) override {
        auto const& tag = tag_of(element);
        out_ += tag.begin;
        if (!detail.empty() && !tag.attribute.empty()) {
            out_.append(" ").append(tag.attribute).append("=\"");
            append_html(out_, detail);
            out_ += '"';
        }
        if (element == Element::link) out_ += " rel=\"noopener noreferrer nofollow\" target=\"_blank\"";
        out_ += '>';
    }

    void end(Element element) override { out_ += tag_of(element).end; }

private:
    std::string& out_;
};

}  // namespace

std::string markdown_html(std::string_view text) {
    std::string html;
    html.reserve(text.size() + text.size() / 4 + 16);
    HtmlWriter writer{html};
    chat::markup::read(text, writer);
    return html;
}

}  // namespace soyuz::web
