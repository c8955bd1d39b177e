#include "net/websocket_extensions.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_rules.hpp"

namespace soyuz::net {

namespace {

struct Parameter {
    std::string_view name;
    std::optional<std::string> value;
};
struct Offer {
    std::string_view name;
    std::vector<Parameter> parameters;
};

/// Reads 1#extension (RFC 6455, 9.1) from the front of a header.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    /// False where the grammar is broken. Empty elements of the list are skipped (RFC 9110, 5.6.1.2).
    bool read_all(std::vector<Offer>& offers) {
        for (skip_blanks(); !rest_.empty(); skip_blanks()) {
            if (take(',')) continue;
            Offer offer{read_token(), {}};
            if (offer.name.empty()) return false;
            while (take(';')) {
                Parameter parameter{read_token(), std::nullopt};
                if (parameter.name.empty()) return false;
                if (take('=')) {
                    parameter.value = rest_.starts_with('"') ? read_quoted() : std::string(read_token());
                    // A quoted value has to be a token as well.
                    if (!is_token(*parameter.value)) return false;
                }
                offer.parameters.push_back(std::move(parameter));
            }
            offers.push_back(std::move(offer));
            if (!rest_.empty() && !take(',')) return false;
        }
        return true;
    }

private:
    void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

    bool take(char letter) {
        if (!rest_.starts_with(letter)) return false;
        rest_.remove_prefix(1);
        skip_blanks();
        return true;
    }

    std::string_view read_token() {
        auto const token = rest_.substr(0, std::min(rest_.find_first_of(" \t,;=\""), rest_.size()));
        if (!is_token(token)) return {};
        rest_.remove_prefix(token.size());
        skip_blanks();
        return token;
    }

    /// "" where the closing quote is missing.
    std::string read_quoted() {
        std::string value;
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            if (rest_[at] == '"') {
                rest_.remove_prefix(at + 1);
                skip_blanks();
                return value;
            }
            if (rest_[at] == '\\' && at + 1 < rest_.size()) ++at;
            value.push_back(rest_[at]);
        }
        return {};
    }

    std::string_view rest_;
};

/// RFC 7692, 7.1.2: 8 to 15 in decimal, without leading zeros.
std::optional<std::uint8_t> window_bits(std::string_view value) {
    if (value == "8" || value == "9") return static_cast<std::uint8_t>(value[0] - '0');
    if (value.size() == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5')
        return static_cast<std::uint8_t>(10 + value[1] - '0');
    return std::nullopt;
}

/// RFC 7692, 7.1: an offer with a parameter that is unknown, doubled or of a wrong value is declined.
std::optional<Compression> accept_offer(Offer const& offer) {
    if (!equal_ignoring_case(offer.name, "permessage-deflate")) return std::nullopt;
    Compression compression;
    std::vector<std::string_view> seen;
    for (auto const& [name, value] : offer.parameters) {
        bool const doubled = std::any_of(seen.begin(), seen.end(), [&name = name](std::string_view other) {
            return equal_ignoring_case(other, name);
        });
        if (doubled) return std::nullopt;
        seen.push_back(name);
        if (equal_ignoring_case(name, "server_no_context_takeover") ||
            equal_ignoring_case(name, "client_no_context_takeover")) {
            if (value) return std::nullopt;
        } else if (equal_ignoring_case(name, "server_max_window_bits")) {
            auto const bits = value ? window_bits(*value) : std::nullopt;
            if (!bits) return std::nullopt;
            compression = {*bits, true};
        } else if (equal_ignoring_case(name, "client_max_window_bits")) {
            // Only a hint: whatever the client's window is, ours is as large.
            if (value && !window_bits(*value)) return std::nullopt;
        } else {
            return std::nullopt;
        }
    }
    return compression;
}

}  // namespace

Extensions negotiate_extensions(HttpRequest const& request) {
    Extensions result;
    for (auto const& [name, value] : request.headers) {
        if (!equal_ignoring_case(name, "Sec-WebSocket-Extensions")) continue;
        std::vector<Offer> offers;
        if (!Reader(value).read_all(offers)) return {false, std::nullopt};
        for (auto const& offer : offers) {
            if (!result.compression) result.compression = accept_offer(offer);
        }
    }
    return result;
}

std::string agreement(Compression const& compression) {
    std::string value = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    if (compression.names_window) value += "; server_max_window_bits=" + std::to_string(compression.server_window_bits);
    return value;
}

}  // namespace soyuz::net
