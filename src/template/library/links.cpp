#include <algorithm>
#include <array>

#include "template/values/markup_tools.hpp"
#include "template/values/text.hpp"

namespace soyuz::jinja {
namespace {

char lower_char(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool starts_with_any_case(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) { return a == lower_char(b); });
}

/// Is every character one of [\w%-], and is there at least one?
bool is_label(std::string_view text, bool with_percent, bool with_hyphen) {
    for (std::size_t at = 0; at < text.size(); at = next_character(text, at)) {
        char32_t const c = character_at(text, at);
        if (!is_word(c) && !(with_percent && c == '%') && !(with_hyphen && c == '-')) return false;
    }
    return !text.empty();
}

std::vector<std::string_view> labels_of(std::string_view host) {
    std::vector<std::string_view> labels;
    while (true) {
        auto const dot = host.find('.');
        labels.push_back(host.substr(0, dot));
        if (dot == std::string_view::npos) return labels;
        host.remove_prefix(dot + 1);
    }
}

bool is_top_level(std::string_view label) {
    if (starts_with_any_case(label, "xn--")) {
        auto const rest = label.substr(4);
        auto const size = length_of(rest);
        if (size >= 2 && size <= 59 && is_label(rest, true, false)) return true;
    }
    return label.size() >= 2 && label.size() <= 63 &&
           std::all_of(label.begin(), label.end(), [](char c) { return lower_char(c) >= 'a' && lower_char(c) <= 'z'; });
}

bool is_ip_address(std::string_view host) {
    auto const parts = labels_of(host);
    return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
               return !part.empty() && part.size() <= 3 &&
                      std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
           });
}

/// [hex:hex:…] with two to eight groups, each of at most four digits.
bool is_ip6_address(std::string_view host) {
    if (host.size() < 4 || host.front() != '[' || host.back() != ']') return false;
    host = host.substr(1, host.size() - 2);
    std::size_t colons = 0;
    std::size_t digits = 0;
    for (char const c : host) {
        if (c == ':') {
            ++colons;
            digits = 0;
        } else if ((c >= '0' && c <= '9') || (lower_char(c) >= 'a' && lower_char(c) <= 'f')) {
            if (++digits > 4) return false;
        } else {
            return false;
        }
    }
    return colons >= 2 && colons <= 8 && (colons > 2 || host.back() != ':' || host.size() >= 2);
}

/// Does `rest` consist of an optional port and an optional path?
bool is_port_and_path(std::string_view rest) {
    if (!rest.empty() && rest.front() == ':') {
        std::size_t digits = 0;
        while (1 + digits < rest.size() && rest[1 + digits] >= '0' && rest[1 + digits] <= '9') ++digits;
        if (digits < 1 || digits > 5) return false;
        rest.remove_prefix(1 + digits);
    }
    return rest.empty() || rest.front() == '/' || rest.front() == '?' || rest.front() == '#';
}

bool is_web_address(std::string_view text) {
    std::size_t prefix = 0;
    for (std::string_view const known : {"https://", "http://", "www."})
        if (starts_with_any_case(text, known)) {
            prefix = known.size();
            break;
        }
    auto const host_and_rest = text.substr(prefix);
    if (prefix > 4 && !host_and_rest.empty() && host_and_rest.front() == '[') {
        auto const end = host_and_rest.find(']');
        return end != std::string_view::npos && is_ip6_address(host_and_rest.substr(0, end + 1)) &&
               is_port_and_path(host_and_rest.substr(end + 1));
    }
    auto const split = [](std::string_view address) { return address.substr(0, address.find_first_of(":/?#")); };
    auto const host = split(host_and_rest);
    if (!is_port_and_path(host_and_rest.substr(host.size()))) return false;
    auto labels = labels_of(host);
    if (prefix > 0) {
        bool const inner_good = std::all_of(labels.begin(), labels.end() - 1,
                                            [](std::string_view label) { return is_label(label, true, true); });
        if (inner_good && is_top_level(labels.back())) return true;
        if (prefix > 4 && is_ip_address(host)) return true;
    }
    if (prefix > 4) return false;
    constexpr std::array<std::string_view, 8> basic = {"com", "net", "int", "edu", "gov", "org", "info", "mil"};
    labels = labels_of(split(text));
    auto const is_basic = std::any_of(basic.begin(), basic.end(), [&](std::string_view name) {
        return labels.back().size() == name.size() && starts_with_any_case(labels.back(), name);
    });
    return labels.size() >= 2 && is_basic && std::all_of(labels.begin(), labels.end() - 1, [](std::string_view label) {
               auto const size = length_of(label);
               return size >= 2 && size <= 63 && is_label(label, true, true);
           });
}

bool is_mail_address(std::string_view text) {
    auto const at = text.rfind('@');
    if (at == std::string_view::npos || at == 0) return false;
    auto const labels = labels_of(text.substr(at + 1));
    if (labels.size() < 2 || !is_label(labels.back(), false, false)) return false;
    auto const domain = text.substr(at + 1, text.size() - at - 2 - labels.back().size());
    if (domain.empty() || !is_word(character_at(domain, 0))) return false;
    for (std::size_t i = 0; i < domain.size(); i = next_character(domain, i)) {
        char32_t const c = character_at(domain, i);
        if (!is_word(c) && c != '.' && c != '-') return false;
    }
    return true;
}

std::size_t count_of(std::string_view text, std::string_view wanted) {
    std::size_t count = 0;
    for (auto at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + wanted.size())) ++count;
    return count;
}

std::string linked(std::string_view word, LinkStyle const& style) {
    std::string_view const openers[] = {"(", "<", "&lt;"};
    std::string_view const closers[] = {")", ">", ".", ",", "\n", "&gt;"};
    std::size_t head_size = 0;
    for (bool more = true; more;) {
        more = false;
        for (auto const opener : openers) {
            if (word.substr(head_size, opener.size()) != opener) continue;
            head_size += opener.size();
            more = true;
        }
    }
    std::string const head(word.substr(0, head_size));
    std::string middle(word.substr(head_size));
    std::size_t middle_size = middle.size();
    for (bool more = true; more;) {
        more = false;
        for (auto const closer : closers) {
            if (middle_size < closer.size() || middle.compare(middle_size - closer.size(), closer.size(), closer) != 0)
                continue;
            middle_size -= closer.size();
            more = true;
        }
    }
    std::string tail = middle.substr(middle_size);
    middle.resize(middle_size);
    // Brackets belong to the address where it opens more of them than it closes.
    std::pair<std::string_view, std::string_view> const brackets[] = {{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}};
    for (auto const& [opener, closer] : brackets) {
        auto const opened = count_of(middle, opener);
        if (opened <= count_of(middle, closer)) continue;
        for (auto moves = std::min(opened, count_of(tail, closer)); moves > 0; --moves) {
            auto const end = tail.find(closer) + closer.size();
            middle += tail.substr(0, end);
            tail.erase(0, end);
        }
    }
    auto const rel = style.relations.empty() ? std::string() : " rel=\"" + style.relations + "\"";
    auto const target = style.target.empty() ? std::string() : " target=\"" + style.target + "\"";
    auto const shown = [&](std::string const& address) {
        if (static_cast<std::int64_t>(length_of(address)) <= style.max_length) return address;
        return address.substr(
                   0, offset_of(address, static_cast<std::size_t>(std::max<std::int64_t>(style.max_length, 0)))) +
               "...";
    };
    auto const starts_with = [&](std::string_view prefix) { return middle.compare(0, prefix.size(), prefix) == 0; };
    if (is_web_address(middle)) {
        bool const has_scheme = starts_with("https://") || starts_with("http://");
        middle = "<a href=\"" + std::string(has_scheme ? "" : "https://") + middle + "\"" + rel + target + ">" +
                 shown(middle) + "</a>";
    } else if (starts_with("mailto:") && is_mail_address(std::string_view(middle).substr(7))) {
        middle = "<a href=\"" + middle + "\">" + middle.substr(7) + "</a>";
    } else if (!starts_with("www.") && middle.find(':') == std::string::npos && is_mail_address(middle)) {
        middle = "<a href=\"mailto:" + middle + "\">" + middle + "</a>";
    } else {
        for (auto const& scheme : style.extra_schemes)
            if (middle != scheme && starts_with(scheme))
                middle = "<a href=\"" + middle + "\"" + rel + target + ">" + middle + "</a>";
    }
    return head + middle + tail;
}

}  // namespace

bool is_uri_scheme(std::string_view scheme) {
    auto const colon = scheme.find(':');
    if (colon == std::string_view::npos) return false;
    auto const rest = scheme.substr(colon + 1);
    if (!rest.empty() && rest != "/" && rest != "//") return false;
    auto const name = scheme.substr(0, colon);
    for (std::size_t at = 0; at < name.size(); at = next_character(name, at)) {
        char32_t const c = character_at(name, at);
        if (!is_word(c) && c != '.' && c != '+' && c != '-') return false;
    }
    return length_of(name) >= 2;
}

std::string with_links(std::string_view html, LinkStyle const& style) {
    std::string out;
    std::size_t word = 0;
    for (std::size_t at = 0; at < html.size();) {
        auto const next = next_character(html, at);
        if (is_space(character_at(html, at))) {
            out += linked(html.substr(word, at - word), style);
            out += html.substr(at, next - at);
            word = next;
        }
        at = next;
    }
    return out + linked(html.substr(word), style);
}

}  // namespace soyuz::jinja
