#include "net/http_rules.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace soyuz::net {

namespace {

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter; }

bool is_alphanumeric(char letter) {
    return (letter >= '0' && letter <= '9') || (lower(letter) >= 'a' && lower(letter) <= 'z');
}

bool is_token_character(char letter) {
    return is_alphanumeric(letter) ||
           (letter != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(letter) != std::string_view::npos);
}

bool is_host_character(char letter) {
    return is_alphanumeric(letter) ||
           (letter != '\0' && std::string_view("-._~%!$&'()*+,;=").find(letter) != std::string_view::npos);
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

}  // namespace

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_field_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char letter) {
        auto const byte = static_cast<unsigned char>(letter);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
    });
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trim_blanks(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool list_has(std::string_view list, std::string_view token) {
    for (;;) {
        auto const comma = list.find(',');
        if (equal_ignoring_case(trim_blanks(list.substr(0, comma)), token)) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
}

bool is_authority(std::string_view text) {
    auto host = text;
    if (text.starts_with('[')) {
        auto const end = text.find(']');
        if (end == std::string_view::npos || end == 1) return false;
        auto const address = text.substr(1, end - 1);
        bool const plain = std::all_of(address.begin(), address.end(),
                                       [](char letter) { return is_host_character(letter) || letter == ':'; });
        host = text.substr(end + 1);
        return plain && (host.empty() || (host[0] == ':' && std::all_of(host.begin() + 1, host.end(), is_digit)));
    }
    auto const colon = text.find(':');
    host = text.substr(0, colon);
    if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_character)) return false;
    if (colon == std::string_view::npos) return true;
    auto const port = text.substr(colon + 1);
    return port.size() <= 5 && std::all_of(port.begin(), port.end(), is_digit);
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
    return value;
}

std::optional<std::uint64_t> parse_hexadecimal(std::string_view text) {
    if (text.empty() || text.size() > 16) return std::nullopt;
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string_view without_default_port(std::string_view authority, std::string_view scheme) {
    std::string_view const port = equal_ignoring_case(scheme, "https") ? ":443" : ":80";
    if (authority.ends_with(port)) authority.remove_suffix(port.size());
    if (authority.ends_with(':')) authority.remove_suffix(1);
    return authority;
}

std::optional<Target> parse_target(std::string_view method, std::string_view target) {
    bool const printable =
        std::all_of(target.begin(), target.end(), [](char letter) { return letter > ' ' && letter < '\x7F'; });
    // A fragment never goes over the wire; readers differ in whether they cut it off.
    if (target.empty() || !printable || target.find('#') != std::string_view::npos) return std::nullopt;
    if (target.front() == '/') return Target{std::string(target), {}};
    if (target == "*") return method == "OPTIONS" ? std::optional(Target{"*", {}}) : std::nullopt;

    auto const colon = target.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    auto const scheme = target.substr(0, colon);
    if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return std::nullopt;
    auto const rest = target.substr(colon + 3);
    auto const path_begin = std::min(rest.find_first_of("/?"), rest.size());
    auto const authority = rest.substr(0, path_begin);
    if (!is_authority(authority)) return std::nullopt;
    std::string path(rest.substr(path_begin));
    if (path.empty() || path.front() == '?') path.insert(path.begin(), '/');
    return Target{std::move(path), std::string(authority)};
}

}  // namespace soyuz::net
