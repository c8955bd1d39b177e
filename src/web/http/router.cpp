#include "web/http/router.hpp"

#include <stdexcept>

#include "base/text.hpp"

namespace soyuz::web {

namespace {

constexpr std::size_t longest_path = 2048;
constexpr std::size_t most_segments = 16;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    path.remove_prefix(1);
    while (segments.size() <= most_segments) {
        auto const slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) break;
        path.remove_prefix(slash + 1);
    }
    return segments;
}

/// Could this segment mean something else to a file system or to another reader of the path?
bool is_treacherous(std::string_view segment) {
    return segment == "." || segment == ".." || segment.find_first_of(std::string_view{"/\\\0", 3}) != segment.npos;
}

}  // namespace

struct Router::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
    std::unique_ptr<Node> named;
    std::string name;  // of `named`, or of the rest
    std::unique_ptr<Node> rest;
    std::map<std::string, Route const*, std::less<>> methods;
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

Route& Router::get(std::string pattern, Rights rights, Route::Handler handler) {
    return add("GET", std::move(pattern), rights, std::move(handler));
}
Route& Router::post(std::string pattern, Rights rights, Route::Handler handler) {
    return add("POST", std::move(pattern), rights, std::move(handler));
}
Route& Router::put(std::string pattern, Rights rights, Route::Handler handler) {
    return add("PUT", std::move(pattern), rights, std::move(handler));
}
Route& Router::patch(std::string pattern, Rights rights, Route::Handler handler) {
    return add("PATCH", std::move(pattern), rights, std::move(handler));
}
Route& Router::remove(std::string pattern, Rights rights, Route::Handler handler) {
    return add("DELETE", std::move(pattern), rights, std::move(handler));
}

Route& Router::add(std::string method, std::string pattern, Rights rights, Route::Handler handler) {
    auto route = std::make_unique<Route>();
    route->method = std::move(method);
    route->pattern = std::move(pattern);
    route->rights = rights;
    route->handler = std::move(handler);

    Node* node = root_.get();
    for (auto segment : segments_of(route->pattern)) {
        bool const is_name = segment.starts_with('{');
        bool const is_rest = is_name && segment.ends_with("...}");
        auto& next = is_rest ? node->rest : is_name ? node->named : node->literal[std::string{segment}];
        if (!next) next = std::make_unique<Node>();
        if (is_name) {
            auto const name = segment.substr(1, segment.size() - (is_rest ? 5 : 2));
            // A handler would look for its parameter under a name that it doesn't have.
            if (!next->name.empty() && next->name != name)
                throw std::logic_error(route->pattern + " names a segment that another route calls " + next->name);
            next->name = name;
        }
        node = next.get();
    }
    node->methods[route->method] = route.get();
    routes_.push_back(std::move(route));
    return *routes_.back();
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
    Match match;
    if (!path.starts_with('/') || path.size() > longest_path) return match;
    auto const segments = segments_of(path);
    if (segments.size() > most_segments) return match;

    Node const* node = root_.get();
    for (std::size_t i = 0; i < segments.size(); ++i) {
        auto decoded = percent_decode(segments[i]);
        if (!decoded || !base::is_valid_utf8(*decoded)) {
            match.kind = Match::Kind::malformed;
            return match;
        }
        if (is_treacherous(*decoded)) return match;
        if (auto const literal = node->literal.find(*decoded); literal != node->literal.end()) {
            node = literal->second.get();
        } else if (node->named && !decoded->empty()) {
            node = node->named.get();
            match.parameters.emplace_back(node->name, std::move(*decoded));
        } else if (node->rest && !decoded->empty()) {
            node = node->rest.get();
            std::string rest = std::move(*decoded);
            for (++i; i < segments.size(); ++i) {
                auto more = percent_decode(segments[i]);
                if (!more || !base::is_valid_utf8(*more)) {
                    match.kind = Match::Kind::malformed;
                    return match;
                }
                if (more->empty() || is_treacherous(*more)) return match;
                rest += '/' + *more;
            }
            match.parameters.emplace_back(node->name, std::move(rest));
        } else {
            return match;
        }
    }
    if (node->methods.empty()) return match;

    auto const found = node->methods.find(method == "HEAD" ? std::string_view{"GET"} : method);
    if (found != node->methods.end()) {
        match.kind = Match::Kind::found;
        match.route = found->second;
        return match;
    }
    match.kind = Match::Kind::no_such_method;
    for (auto const& [name, route] : node->methods) {
        match.allow += name + ", ";
        if (name == "GET") match.allow += "HEAD, ";
    }
    match.allow += "OPTIONS";
    return match;
}

std::vector<Route const*> Router::routes() const {
    std::vector<Route const*> all;
    for (auto const& route : routes_) all.push_back(route.get());
    return all;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            decoded += ' ';
        } else if (text[i] != '%') {
            decoded += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            int const high = hex_value(text[i + 1]);
            int const low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return decoded;
}

std::string percent_encode(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string encoded;
    for (char c : text) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        if (plain) {
            encoded += c;
        } else {
            auto const byte = static_cast<unsigned char>(c);
            encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return encoded;
}

std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> fields;
    while (!text.empty() && fields.size() < 1000) {
        auto const end = text.find('&');
        auto const pair = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        auto const equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals), true);
        auto value = equals == std::string_view::npos ? std::optional<std::string>{""}
                                                      : percent_decode(pair.substr(equals + 1), true);
        if (name && value && !name->empty() && base::is_valid_utf8(*name) && base::is_valid_utf8(*value))
            fields.emplace_back(std::move(*name), std::move(*value));
    }
    return fields;
}

}  // namespace soyuz::web
