#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/histogram.hpp"
#include "net/http_message.hpp"
#include "web/http/answer.hpp"
#include "web/http/client_address.hpp"

namespace soyuz::web {

/// What the site counts about requests, and the line that it logs about each. Thread-safe.
class RequestLog {
public:
    /// `is_logged`: a line for each at level info; else at level debug.
    explicit RequestLog(bool is_logged) : is_logged_(is_logged) {}

    /// Counts an answer that is ready to leave. Puts X-Request-Id on it where the client gave one, where it is an
    /// error, or where it is logged; into the bodies of the API's errors too, as `request_id`.
    void name(net::HttpRequest const& request, Answer& answer) const;
    void note(net::HttpRequest const& request, Client const& client, Answer const& answer,
              std::chrono::steady_clock::time_point begun);

    std::array<std::atomic<std::uint64_t>, 6> by_class{};  ///< [2] counts 2xx
    base::Histogram duration{
        {250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000, 5'000'000}};  ///< µs
    std::atomic<std::uint64_t> sockets_opened{0}, sockets_refused{0};
    std::atomic<std::uint64_t> logins{0}, logins_failed{0};
    std::atomic<std::uint64_t> sign_ups{0}, sign_ups_refused{0};

private:
    bool is_logged() const;
    bool const is_logged_;
};

/// The client's X-Request-Id where it is up to 64 letters, digits, `.`, `_` and `-`; else a new one.
std::string request_id(net::HttpRequest const& request);

}  // namespace soyuz::web
