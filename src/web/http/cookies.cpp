#include "web/http/cookies.hpp"

namespace soyuz::web {

std::string_view cookie_value(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        auto const end = header.find(';');
        auto pair = header.substr(0, end);
        header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            auto value = pair.substr(name.size() + 1);
            while (value.ends_with(' ')) value.remove_suffix(1);
            return value;
        }
    }
    return {};
}

std::string session_cookie_of_port(std::string_view host) {
    auto const colon = host.rfind(':');
    if (colon == std::string_view::npos || host.find(']', colon) != std::string_view::npos) return "";
    auto const port = host.substr(colon + 1);
    bool const is_number = !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos;
    if (!is_number || port.size() > 5 || port == "80" || port == "443") return "";
    return std::string{session_cookie} + '_' + std::string{port};
}

std::string set_cookie(std::string_view name, std::string_view value, bool https,
                       std::optional<std::chrono::seconds> age, bool http_only) {
    std::string text{name};
    text += '=';
    text += value;
    text += "; Path=/; SameSite=Lax";
    if (http_only) text += "; HttpOnly";
    if (https) text += "; Secure";
    if (age) text += "; Max-Age=" + std::to_string(age->count());
    return text;
}

}  // namespace soyuz::web
