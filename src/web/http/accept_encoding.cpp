#include "web/http/accept_encoding.hpp"

#include <optional>
#include <string>

#include "net/http_rules.hpp"

namespace soyuz::web {

namespace {

/// A weight (RFC 9110, 12.4.2) in thousandths; 0 for what is none.
int weight_of(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
    int weight = (text[0] - '0') * 1000;
    if (text.size() > 1 && text[1] != '.') return 0;
    int unit = 100;
    for (char const digit : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (digit < '0' || digit > '9') return 0;
        weight += (digit - '0') * unit;
        unit /= 10;
    }
    return weight <= 1000 ? weight : 0;
}

/// The weight of `coding` in a list where it is named; none where it isn't.
std::optional<int> named_weight(std::string_view list, std::string_view coding) {
    while (!list.empty()) {
        auto const end = list.find(',');
        auto item = list.substr(0, end);
        list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
        auto const name_end = item.find(';');
        if (!net::equal_ignoring_case(net::trim_blanks(item.substr(0, name_end)), coding)) continue;
        while (item.find(';') != std::string_view::npos) {
            item.remove_prefix(item.find(';') + 1);
            auto const parameter = net::trim_blanks(item.substr(0, item.find(';')));
            if (net::equal_ignoring_case(parameter.substr(0, 2), "q=")) return weight_of(parameter.substr(2));
        }
        return 1000;
    }
    return std::nullopt;
}

}  // namespace

std::string_view preferred_coding(net::HttpRequest const& request, std::initializer_list<std::string_view> offered) {
    auto const list = request.joined("Accept-Encoding");
    auto const others = named_weight(list, "*");
    std::string_view best;
    // What is not named as such is acceptable, but nobody asked for it.
    int best_weight = named_weight(list, "identity").value_or(0);
    for (auto const coding : offered) {
        auto const weight = named_weight(list, coding).value_or(others.value_or(0));
        bool const is_better = best.empty() ? weight > 0 && weight >= best_weight : weight > best_weight;
        if (!is_better) continue;
        best = coding;
        best_weight = weight;
    }
    return best;
}

}  // namespace soyuz::web
