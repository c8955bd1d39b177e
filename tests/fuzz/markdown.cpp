// Markdown as HTML (src/web/pages/markdown): nothing of the text gets out as markup, and tags are balanced.
#include "web/pages/markdown.hpp"

#include <array>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "fuzz/fuzz.hpp"

using namespace soyuz;
using fuzz::must;

namespace {

bool is_known(std::string_view name) {
    static constexpr std::array<std::string_view, 13> names{"p",  "strong",     "em", "del", "code", "pre", "a",
                                                            "br", "blockquote", "ul", "ol",  "li",   "span"};
    for (auto const each : names)
        if (each == name) return true;
    return false;
}

void check_attributes(std::string_view attributes) {
    while (!attributes.empty()) {
        must(attributes.starts_with(' '), "attributes are apart");
        auto const equals = attributes.find("=\"");
        must(equals != attributes.npos, "an attribute has a quoted value");
        auto const name = attributes.substr(1, equals - 1);
        must(name == "href" || name == "rel" || name == "class" || name == "target" || name == "start" ||
                 name == "value" || name == "dir",
             "only these attributes are written");
        auto const end = attributes.find('"', equals + 2);
        must(end != attributes.npos, "a value ends");
        auto const value = base::lower_ascii(attributes.substr(equals + 2, end - equals - 2));
        if (name == "href")
            must(value.starts_with("https://") || value.starts_with("http://") || value.starts_with("mailto:"),
                 "a link leads to the web or a mailbox");
        attributes.remove_prefix(end + 1);
    }
}

void check(std::string_view html) {
    std::vector<std::string_view> open;
    for (std::size_t at = 0; at < html.size(); ++at) {
        if (html[at] == '&') {
            auto const end = html.find(';', at);
            must(end != html.npos && end - at < 8, "an ampersand begins an entity");
        }
        must(html[at] != '>', "a bracket belongs to a tag");
        if (html[at] != '<') continue;
        auto const end = html.find('>', at);
        must(end != html.npos, "a tag ends");
        auto tag = html.substr(at + 1, end - at - 1);
        at = end;
        bool const closes = tag.starts_with('/');
        if (closes) tag.remove_prefix(1);
        auto const space = std::min(tag.find(' '), tag.size());
        auto const name = tag.substr(0, space);
        must(is_known(name), "only known tags are written");
        if (closes) {
            must(!open.empty() && open.back() == name, "tags are balanced");
            open.pop_back();
        } else {
            check_attributes(tag.substr(space));
            if (name != "br") open.push_back(name);
        }
    }
    must(open.empty(), "every tag is closed");
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::text_of(data, size);
    if (!base::is_valid_utf8(input)) return 0;
    auto const html = web::markdown_html(input);
    must(base::is_valid_utf8(html), "HTML is UTF-8");
    check(html);
    return 0;
}
