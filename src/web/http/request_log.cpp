#include "web/http/request_log.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace soyuz::web {

namespace {

constexpr std::string_view id_header = "X-Request-Id";

bool is_sane_id(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
}

std::string const* id_of(Answer const& answer) {
    for (auto const& [name, value] : answer.headers)
        if (name == id_header) return &value;
    return nullptr;
}

}  // namespace

std::string request_id(net::HttpRequest const& request) {
    auto const given = request.header(id_header);
    if (is_sane_id(given)) return std::string{given};
    // Told apart from those of other runs by the beginning, from each other by the number.
    static std::string const run = base::random_token(6) + '.';
    static std::atomic<std::uint64_t> next{1};
    return run + std::to_string(next.fetch_add(1, std::memory_order_relaxed));
}

bool RequestLog::is_logged() const { return is_logged_ || base::log::says_debug(); }

void RequestLog::name(net::HttpRequest const& request, Answer& answer) const {
    bool const is_error = answer.status >= 400;
    if (!is_error && !is_logged() && request.header(id_header).empty()) return;
    auto const* const known = id_of(answer);
    auto id = known != nullptr ? *known : request_id(request);
    bool const tells = is_error && answer.type == json_type && request.path().starts_with("/api/v1/") &&
                       answer.body.size() > 2 && answer.body.back() == '}';
    if (tells) {
        answer.body.pop_back();
        answer.body += ",\"request_id\":\"" + id + "\"}";
    }
    if (known == nullptr) answer.with(std::string{id_header}, std::move(id));
}

void RequestLog::note(net::HttpRequest const& request, Client const& client, Answer const& answer,
                      std::chrono::steady_clock::time_point begun) {
    auto const span = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
    auto const kind = static_cast<std::size_t>(std::clamp(answer.status / 100, 0, 5));
    by_class[kind].fetch_add(1, std::memory_order_relaxed);
    duration.record(static_cast<std::uint64_t>(span.count()));
    if (!is_logged()) return;
    auto const* const id = id_of(answer);
    auto const status = std::to_string(answer.status);
    auto const bytes = std::to_string(answer.body.size() + answer.rest_bytes);
    auto const microseconds = std::to_string(span.count());
    // The query stays out: tickets and invites travel in it, and so may what people search for.
    base::log::Fields const fields{{"request_id", id == nullptr ? std::string_view{} : std::string_view{*id}},
                                   {"method", request.method},
                                   {"path", request.path()},
                                   {"status", status},
                                   {"bytes", bytes},
                                   {"us", microseconds},
                                   {"address", client.address}};
    is_logged_ ? base::log::info("request", fields) : base::log::debug("request", fields);
}

}  // namespace soyuz::web
