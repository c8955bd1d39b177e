#include "web/http/conditional_requests.hpp"

#include <algorithm>
#include <cstdint>

#include "net/http_rules.hpp"

namespace soyuz::web {

namespace {

enum class Comparison { strong, weak };

/// Does a list of tags hold `tag`? Tags may hold commas, so they are read one by one. Anything else ends the list.
bool names_tag(std::string_view list, std::string_view tag, Comparison comparison) {
    for (;;) {
        auto const start = list.find_first_not_of(" \t,");
        if (start == std::string_view::npos) return false;
        list.remove_prefix(start);
        bool const is_weak = list.starts_with("W/");
        if (is_weak) list.remove_prefix(2);
        auto const end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
        if (end == std::string_view::npos) return false;
        if (list.substr(0, end + 1) == tag && (comparison == Comparison::weak || !is_weak)) return true;
        list.remove_prefix(end + 1);
    }
}

bool holds(std::string_view list, std::string_view tag, Comparison comparison) {
    return net::trim_blanks(list) == "*" || names_tag(list, tag, comparison);
}

}  // namespace

Condition check_conditions(net::HttpRequest const& request, std::string_view tag) {
    // In the order of RFC 9110, 13.2.2. Without a date of our own, those of the client say nothing.
    auto const match = request.joined("If-Match");
    if (!match.empty() && !holds(match, tag, Comparison::strong)) return Condition::failed;
    auto const none_match = request.joined("If-None-Match");
    if (none_match.empty() || !holds(none_match, tag, Comparison::weak)) return Condition::met;
    return request.method == "GET" || request.method == "HEAD" ? Condition::not_modified : Condition::failed;
}

WantedRange wanted_range(net::HttpRequest const& request, std::string_view tag, std::size_t size) {
    constexpr std::string_view unit = "bytes=";
    auto range = request.header("Range");
    // RFC 9110, 14.2: ranges are defined for GET only.
    if (request.method != "GET" || !net::equal_ignoring_case(range.substr(0, unit.size()), unit)) return {};
    auto const binding = request.header("If-Range");
    if (!binding.empty() && binding != tag) return {};

    range.remove_prefix(unit.size());
    auto const dash = range.find('-');
    if (dash == std::string_view::npos) return {};
    auto const first = net::parse_decimal(range.substr(0, dash));
    auto const last = net::parse_decimal(range.substr(dash + 1));
    using Kind = WantedRange::Kind;
    if (dash == 0) {
        if (!last) return {};
        if (*last == 0 || size == 0) return {Kind::beyond};
        return {Kind::part, size - static_cast<std::size_t>(std::min<std::uint64_t>(size, *last)), size - 1};
    }
    bool const is_open = dash + 1 == range.size();
    if (!first || (!last && !is_open) || (last && *last < *first)) return {};
    if (*first >= size) return {Kind::beyond};
    auto const end = static_cast<std::size_t>(std::min<std::uint64_t>(last.value_or(size - 1), size - 1));
    return {Kind::part, static_cast<std::size_t>(*first), end};
}

}  // namespace soyuz::web
