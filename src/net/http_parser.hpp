#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_message.hpp"

namespace soyuz::net {

/// Reads HTTP/1.0 and HTTP/1.1 requests (RFC 9112) from bytes in pieces of any size; the result never depends on
/// how they were cut. Strict: whatever two readers could frame differently is an error. Not thread-safe.
class HttpParser {
public:
    struct Limits {
        std::size_t request_line_bytes = 8U << 10U;  ///< more: 414
        std::size_t header_bytes = 32U << 10U;       ///< more: 431; trailers share them
        std::size_t header_count = 100;
    };

    enum class Event {
        need_more,
        head,      ///< the head is read: call `allow_body`, then go on feeding (also without bytes)
        complete,  ///< `take` the request, then go on feeding with the next one
        failed,    ///< answer `failure_status` and close; feeding on has no effect
    };

    explicit HttpParser(Limits limits) : limits_(limits) {}

    /// Reads from the front of `bytes` and removes what it has read, up to the next event.
    Event feed(std::string_view& bytes);

    /// After `head`: the largest body to accept. False when the announced length is larger already (413).
    bool allow_body(std::size_t max_bytes);
    /// After `complete`.
    HttpRequest take();

    /// Nothing of the next request has come.
    bool is_between_requests() const { return state_ == State::request_line && line_.empty() && !skipped_empty_line_; }
    bool is_in_body() const { return state_ >= State::body; }
    /// After `head`, until the next request begins:
    bool keeps_alive() const { return keeps_alive_; }
    bool expects_continue() const { return expects_continue_; }
    std::size_t body_received() const { return body_received_; }

    /// The request under way; complete up to the body after `head`. What has come of the body may be taken out of it.
    HttpRequest& request() { return request_; }

    int failure_status() const { return failure_status_; }
    std::string_view failure_reason() const { return failure_reason_; }

private:
    // In order: everything from `body` on belongs to the body.
    enum class State : std::uint8_t {
        request_line,
        headers,
        failed,
        body,
        chunk_size,
        chunk,
        chunk_end,
        trailers,
        done
    };
    enum class Line : std::uint8_t { partial, ready, too_long, malformed };

    Line take_line(std::string_view& bytes, std::size_t limit);
    Event fail(int status, std::string_view reason);
    Event step(std::string_view& bytes);
    Event read_request_line(std::string_view& bytes);
    Event read_header(std::string_view& bytes);
    Event read_body(std::string_view& bytes);
    Event read_chunk_size(std::string_view& bytes);
    Event read_chunk(std::string_view& bytes);
    Event read_chunk_end(std::string_view& bytes);
    Event read_trailer(std::string_view& bytes);
    bool split_field(std::string_view& name, std::string_view& value) const;
    Event take_framing_field(std::string_view name, std::string_view value);
    Event finish_head();
    void reset();

    Limits limits_;
    HttpRequest request_;
    std::string line_;             ///< the beginning of a line that came in pieces
    std::string_view whole_line_;  ///< set by take_line: without CR LF
    std::string_view failure_reason_;
    std::string authority_;  ///< of a target in absolute form
    std::uint64_t body_left_ = 0;
    std::size_t body_received_ = 0;
    std::size_t max_body_bytes_ = 0;
    std::size_t header_bytes_left_ = 0;
    std::size_t headers_left_ = 0;
    std::size_t extension_bytes_left_ = 0;
    int failure_status_ = 0;
    State state_ = State::request_line;
    bool skipped_empty_line_ = false;
    bool line_was_kept_ = false;
    bool authority_is_https_ = false;
    bool has_length_ = false;
    bool has_host_ = false;
    bool chunked_ = false;
    bool keeps_alive_ = false;
    bool asks_keep_alive_ = false;
    bool asks_close_ = false;
    bool expects_continue_ = false;
};

}  // namespace soyuz::net
