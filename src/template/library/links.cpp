#include <algorithm>
#include <limits>
#include <set>

#include "template/library/library.hpp"
#include "template/running/renderer.hpp"
#include "template/values/operators.hpp"
#include "template/values/pattern.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

struct LinkStyle {
    std::int64_t max_length = std::numeric_limits<std::int64_t>::max();  ///< of the shown address
    std::string attributes;
    std::vector<std::string> extra_schemes;
};

bool is_web_address(std::string_view text) {
    static Pattern const address(
        "(?:(?:https?://|www\\.)(?:[@w%-]++\\.)*+(?:[a-z]{2,63}|xn--[@w%]{2,59})"
        "|(?:[@w%-]{2,63}+\\.)++(?:com|net|int|edu|gov|org|info|mil)"
        "|https?://"
        "(?:[\\p{Nd}]{1,3}(?:\\.[\\p{Nd}]{1,3}){3}|\\[(?:[\\p{Nd}a-f]{0,4}:){2}(?"
        ":[\\p{Nd}a-f]{0,4}:?){1,6}\\]))"
        "(?::[\\p{Nd}]{1,5})?(?:[/?#].*)?",
        true);
    return address.matches(text);
}

bool is_mail_address(std::string_view text) {
    static Pattern const address(".+@[@w][@w.-]*\\.[@w]+");
    return address.matches(text);
}

bool is_uri_scheme(std::string_view text) {
    static Pattern const scheme("[@w.+-]{2,}:/{0,2}");
    return scheme.matches(text);
}

std::size_t count_of(std::string_view text, std::string_view wanted) { return split_at(text, wanted).size() - 1; }

/// How many bytes at the start, or at the end, consist of nothing but `parts`.
std::size_t run_of(std::initializer_list<std::string_view> parts, std::string_view text, bool at_end) {
    auto const whole = text.size();
    auto const goes = [&](std::string_view part) { return at_end ? text.ends_with(part) : text.starts_with(part); };
    for (auto part = parts.begin(); (part = std::find_if(parts.begin(), parts.end(), goes)) != parts.end();)
        text = at_end ? text.substr(0, text.size() - part->size()) : text.substr(part->size());
    return whole - text.size();
}

std::string link(std::string const& address, std::string_view shown, std::string_view attributes = {}) {
    return "<a href=\"" + address + "\"" + std::string(attributes) + ">" + std::string(shown) + "</a>";
}

std::string linked(std::string_view word, LinkStyle const& style) {
    if (word.find_first_of(".:") == word.npos) return std::string(word);  // neither an address nor a scheme
    auto const head = word.substr(0, run_of({"(", "<", "&lt;"}, word, false));
    word.remove_prefix(head.size());
    auto const end = word.size() - run_of({")", ">", ".", ",", "\n", "&gt;"}, word, true);
    std::string middle(word.substr(0, end));
    auto tail = word.substr(end);
    // Brackets belong to the address where it opens more of them than it closes.
    std::pair<std::string_view, std::string_view> const brackets[] = {{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}};
    for (auto const& [opener, closer] : brackets) {
        auto const opened = count_of(middle, opener);
        if (opened <= count_of(middle, closer)) continue;
        for (auto moves = std::min(opened, count_of(tail, closer)); moves > 0; --moves) {
            auto const moved = tail.find(closer) + closer.size();
            middle += tail.substr(0, moved);
            tail.remove_prefix(moved);
        }
    }
    if (is_web_address(middle)) {
        std::string shown = middle;
        if (static_cast<std::int64_t>(length_of(shown)) > style.max_length)
            shown = shown.substr(0, offset_of(shown, static_cast<std::size_t>(style.max_length))) + "...";
        bool const has_scheme = middle.starts_with("https://") || middle.starts_with("http://");
        middle = link(has_scheme ? middle : "https://" + middle, shown, style.attributes);
    } else if (middle.starts_with("mailto:") && is_mail_address(std::string_view(middle).substr(7))) {
        middle = link(middle, middle.substr(7));
    } else if (!middle.starts_with("www.") && middle.find(':') == middle.npos && is_mail_address(middle)) {
        middle = link("mailto:" + middle, middle);
    } else {
        for (auto const& scheme : style.extra_schemes)
            if (middle != scheme && middle.starts_with(scheme)) middle = link(middle, middle, style.attributes);
    }
    return std::string(head) + middle + std::string(tail);
}

}  // namespace

Value urlize_filter(Renderer& renderer, Value const& value, Bound const& arguments) {
    auto const& [limit, nofollow, target, rel, extra_schemes, a] = arguments;
    LinkStyle style;
    if (limit.is_given()) style.max_length = std::max<std::int64_t>(whole(limit, "trim_url_limit"), 0);
    std::set<std::string_view> relations = {"noopener"};
    if (rel.is_text())
        for (auto const word : split_words(rel.as_text())) relations.insert(word);
    if (flag(nofollow)) relations.insert("nofollow");
    style.attributes = " rel=\"" + escaped(joined({relations.begin(), relations.end()}, " ")) + "\"";
    if (target.is_text() && truth(target)) style.attributes += " target=\"" + to_html(target) + "\"";
    if (extra_schemes.is_given()) {
        for (auto const& scheme : Items(renderer.budget, extra_schemes).all(renderer.budget)) {
            if (!is_uri_scheme(text_of(scheme, "a scheme")))
                throw Fault(to_repr(scheme) + " is not a valid URI scheme prefix.");
            style.extra_schemes.emplace_back(scheme.as_text());
        }
    }
    auto const html = to_html(value);
    renderer.budget.scan(html.size());
    renderer.budget.spend(html.size() * 4);
    std::string out;
    std::string_view rest = html;
    while (!rest.empty()) {
        auto const word = rest.substr(0, end_of_word(rest));
        out += linked(word, style);
        rest.remove_prefix(word.size());
        auto const space = rest.substr(0, rest.size() - stripped(rest, {}, -1).size());
        out += space;
        rest.remove_prefix(space.size());
    }
    return make_text(renderer.budget, std::move(out), renderer.context().autoescape);
}

}  // namespace soyuz::jinja
