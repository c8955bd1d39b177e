#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "net/http_message.hpp"

namespace soyuz::web {

/// What a route says, before it is put into bytes.
struct Answer {
    int status = 200;
    std::string type;  ///< Content-Type; "" where there is no body
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    bool compressed = false;  ///< `body` is encoded already, or gains nothing from it
    /// Where set, the body goes on with `rest_bytes` more, read as the client takes them.
    std::shared_ptr<net::BodySource> rest = nullptr;
    std::uint64_t rest_bytes = 0;

    Answer& with(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
};

inline constexpr std::string_view json_type = "application/json";
inline constexpr std::string_view html_type = "text/html; charset=utf-8";

/// The one table from error codes to HTTP statuses.
int status_of(base::Code code);

Answer json_answer(nlohmann::json const& value, int status = 200);
Answer json_answer(std::string text, int status = 200);
/// `{error, message, …}`, with Retry-After where the error has advice.
Answer error_answer(base::Error const& error);
Answer page_answer(std::string html, int status = 200);
/// 303: the browser fetches `location` with GET. What no URI may hold is percent-encoded.
Answer redirect(std::string_view location);
Answer no_content();

/// Seconds for Retry-After, rounded up, at least 1.
std::string retry_after(std::chrono::milliseconds wait);

/// An error that a route ends with; caught once, where calls are dispatched, and answered as the path's kind asks:
/// JSON for programs, a page for people.
struct Refused {
    base::Error error;
};

/// The value of a result; ends the route with its error otherwise.
template <class T>
T or_refuse(base::Result<T> result) {
    if (!result) throw Refused{result.error()};
    return *std::move(result);
}
inline void or_refuse(base::Result<void> const& result) {
    if (!result) throw Refused{result.error()};
}

}  // namespace soyuz::web
