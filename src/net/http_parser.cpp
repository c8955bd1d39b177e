#include "net/http_parser.hpp"

#include <algorithm>
#include <utility>

#include "net/http_rules.hpp"

namespace soyuz::net {

namespace {

constexpr std::size_t chunk_line_bytes = 256;
/// Chunk extensions mean nothing to anybody here; this bounds what a client may make us skip.
constexpr std::size_t extension_bytes = std::size_t{16} << 10U;

}  // namespace

HttpParser::Event HttpParser::fail(int status, std::string_view reason) {
    state_ = State::failed;
    failure_status_ = status;
    failure_reason_ = reason;
    return Event::failed;
}

void HttpParser::reset() {
    state_ = State::request_line;
    skipped_empty_line_ = false;
    has_length_ = has_host_ = chunked_ = false;
    asks_keep_alive_ = asks_close_ = false;
    expects_continue_ = false;
    body_left_ = 0;
    body_received_ = 0;
    max_body_bytes_ = 0;
    authority_.clear();
    line_ = std::string();
    line_was_kept_ = false;
}

HttpRequest HttpParser::take() {
    reset();
    return std::exchange(request_, HttpRequest());
}

bool HttpParser::allow_body(std::size_t max_bytes) {
    max_body_bytes_ = max_bytes;
    if (chunked_ || body_left_ <= max_bytes) return true;
    fail(413, "The body is too large.");
    return false;
}

HttpParser::Event HttpParser::feed(std::string_view& bytes) {
    for (;;) {
        auto const before = state_;
        auto const left = bytes.size();
        auto const event = step(bytes);
        if (event != Event::need_more) return event;
        if (state_ == before && bytes.size() == left) return event;
    }
}

HttpParser::Event HttpParser::step(std::string_view& bytes) {
    switch (state_) {
        case State::request_line: return read_request_line(bytes);
        case State::headers: return read_header(bytes);
        case State::body: return read_body(bytes);
        case State::chunk_size: return read_chunk_size(bytes);
        case State::chunk: return read_chunk(bytes);
        case State::chunk_end: return read_chunk_end(bytes);
        case State::trailers: return read_trailer(bytes);
        case State::done: return Event::complete;
        case State::failed: break;
    }
    return Event::failed;
}

HttpParser::Line HttpParser::take_line(std::string_view& bytes, std::size_t limit) {
    if (line_was_kept_) {
        line_ = std::string();
        line_was_kept_ = false;
    }
    auto const end = bytes.find('\n');
    if (end == std::string_view::npos) {
        // One more than the limit may be the CR.
        if (line_.size() + bytes.size() > limit + 1) return Line::too_long;
        line_.append(bytes);
        bytes = {};
        return Line::partial;
    }
    if (line_.empty()) {
        whole_line_ = bytes.substr(0, end);
    } else {
        line_.append(bytes.substr(0, end));
        whole_line_ = line_;
        line_was_kept_ = true;
    }
    bytes.remove_prefix(end + 1);
    bool const ends_well = whole_line_.ends_with('\r');
    if (ends_well) whole_line_.remove_suffix(1);
    if (whole_line_.size() > limit) return Line::too_long;
    return ends_well ? Line::ready : Line::malformed;
}

HttpParser::Event HttpParser::read_request_line(std::string_view& bytes) {
    // A client that speaks TLS or nonsense is told at once, not after a time-out.
    bool const at_start = line_.empty() || line_was_kept_;
    if (at_start && !bytes.empty() && bytes[0] != '\r' && bytes[0] != '\n' && !is_token(bytes.substr(0, 1))) {
        return fail(400, "Not an HTTP request.");
    }
    switch (take_line(bytes, limits_.request_line_bytes)) {
        case Line::partial: return Event::need_more;
        case Line::too_long: return fail(414, "The request line is too long.");
        case Line::malformed: return fail(400, "A line must end with CR LF.");
        case Line::ready: break;
    }
    if (whole_line_.empty()) {
        // RFC 9112, 2.2: an empty line before the request line is ignored; one is enough.
        if (skipped_empty_line_) return fail(400, "A request line is missing.");
        skipped_empty_line_ = true;
        return Event::need_more;
    }
    auto const first = whole_line_.find(' ');
    auto const last = whole_line_.rfind(' ');
    if (first == std::string_view::npos || first == last) return fail(400, "The request line needs a version.");
    auto const method = whole_line_.substr(0, first);
    auto const target = whole_line_.substr(first + 1, last - first - 1);
    auto const version = whole_line_.substr(last + 1);
    auto const is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
    if (!is_token(method)) return fail(400, "The method is malformed.");
    if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' || !is_digit(version[5]) ||
        !is_digit(version[7])) {
        return fail(400, "The version is malformed.");
    }
    if (version[5] != '1') return fail(505, "Only HTTP/1.0 and HTTP/1.1 are supported.");
    auto parsed = parse_target(method, target);
    if (!parsed) return fail(400, "The request target is malformed.");

    request_.method = method;
    request_.target = std::move(parsed->path);
    authority_ = std::move(parsed->authority);
    authority_is_https_ = equal_ignoring_case(target.substr(0, 6), "https:");
    // RFC 9110, 2.5: a higher minor version is treated as the highest that is known.
    request_.minor_version = version[7] == '0' ? 0 : 1;
    header_bytes_left_ = limits_.header_bytes;
    headers_left_ = limits_.header_count;
    extension_bytes_left_ = extension_bytes;
    state_ = State::headers;
    return Event::need_more;
}

bool HttpParser::split_field(std::string_view& name, std::string_view& value) const {
    // A space before the colon and a folded line both show as a name that is not a token (RFC 9112, 5.1 and 5.2).
    auto const colon = whole_line_.find(':');
    if (colon == std::string_view::npos) return false;
    name = whole_line_.substr(0, colon);
    value = trim_blanks(whole_line_.substr(colon + 1));
    return is_token(name) && is_field_value(value);
}

HttpParser::Event HttpParser::read_header(std::string_view& bytes) {
    switch (take_line(bytes, header_bytes_left_)) {
        case Line::partial: return Event::need_more;
        case Line::too_long: return fail(431, "The headers are too large.");
        case Line::malformed: return fail(400, "A line must end with CR LF.");
        case Line::ready: break;
    }
    if (whole_line_.empty()) return finish_head();
    if (headers_left_-- == 0) return fail(431, "There are too many headers.");
    header_bytes_left_ -= std::min(header_bytes_left_, whole_line_.size() + 2);
    std::string_view name, value;
    if (!split_field(name, value)) return fail(400, "A header is malformed.");
    if (auto const event = take_framing_field(name, value); event == Event::failed) return event;
    request_.headers.emplace_back(name, value);
    return Event::need_more;
}

HttpParser::Event HttpParser::take_framing_field(std::string_view name, std::string_view value) {
    if (equal_ignoring_case(name, "Content-Length")) {
        auto const length = parse_decimal(value);
        if (has_length_ || !length) return fail(400, "Content-Length is malformed or repeated.");
        has_length_ = true;
        body_left_ = *length;
    } else if (equal_ignoring_case(name, "Transfer-Encoding")) {
        if (chunked_ || !equal_ignoring_case(value, "chunked"))
            return fail(400, "Only one transfer coding, chunked, is accepted.");
        chunked_ = true;
    } else if (equal_ignoring_case(name, "Host")) {
        if (has_host_ || !is_authority(value)) return fail(400, "Host is malformed or repeated.");
        has_host_ = true;
    } else if (equal_ignoring_case(name, "Connection")) {
        asks_close_ = asks_close_ || list_has(value, "close");
        asks_keep_alive_ = asks_keep_alive_ || list_has(value, "keep-alive");
    } else if (equal_ignoring_case(name, "Expect") && request_.minor_version > 0) {
        if (!equal_ignoring_case(value, "100-continue")) return fail(417, "This expectation can't be met.");
        expects_continue_ = true;
    }
    return Event::need_more;
}

HttpParser::Event HttpParser::finish_head() {
    if (has_length_ && chunked_) return fail(400, "Content-Length and Transfer-Encoding exclude each other.");
    if (chunked_ && request_.minor_version == 0) return fail(400, "HTTP/1.0 has no transfer codings.");
    if (!has_host_ && request_.minor_version > 0) return fail(400, "Host is missing.");
    // RFC 9112, 3.2.2: the authority of the absolute form counts; a Host that disagrees is a trap.
    if (!authority_.empty()) {
        std::string_view const scheme = authority_is_https_ ? "https" : "http";
        auto const host = without_default_port(request_.header("Host"), scheme);
        if (has_host_ && !equal_ignoring_case(host, without_default_port(authority_, scheme))) {
            return fail(400, "Host contradicts the request target.");
        }
        if (!has_host_) request_.headers.emplace_back("Host", authority_);
    }
    keeps_alive_ = !asks_close_ && (request_.minor_version > 0 || asks_keep_alive_);
    expects_continue_ = expects_continue_ && (chunked_ || body_left_ > 0);
    state_ = chunked_ ? State::chunk_size : State::body;
    return Event::head;
}

HttpParser::Event HttpParser::read_body(std::string_view& bytes) {
    auto const count = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, bytes.size()));
    request_.body.append(bytes.substr(0, count));
    body_received_ += count;
    bytes.remove_prefix(count);
    body_left_ -= count;
    if (body_left_ == 0) state_ = State::done;
    return Event::need_more;
}

HttpParser::Event HttpParser::read_chunk_size(std::string_view& bytes) {
    auto const line = take_line(bytes, chunk_line_bytes);
    if (line == Line::partial) return Event::need_more;
    auto const semicolon = line == Line::ready ? whole_line_.find(';') : std::string_view::npos;
    auto const size = line == Line::ready ? parse_hexadecimal(whole_line_.substr(0, semicolon)) : std::nullopt;
    if (!size || !is_field_value(whole_line_)) return fail(400, "A chunk size is malformed.");
    if (semicolon != std::string_view::npos) {
        auto const extension = whole_line_.size() - semicolon;
        if (extension > extension_bytes_left_) return fail(400, "The chunk extensions are too large.");
        extension_bytes_left_ -= extension;
    }
    if (*size > max_body_bytes_ - body_received_) return fail(413, "The body is too large.");
    body_left_ = *size;
    state_ = *size == 0 ? State::trailers : State::chunk;
    return Event::need_more;
}

HttpParser::Event HttpParser::read_chunk(std::string_view& bytes) {
    read_body(bytes);
    state_ = body_left_ == 0 ? State::chunk_end : State::chunk;
    return Event::need_more;
}

HttpParser::Event HttpParser::read_chunk_end(std::string_view& bytes) {
    switch (take_line(bytes, 0)) {
        case Line::partial:
            return line_ == "\r" || line_.empty() ? Event::need_more : fail(400, "A chunk is longer than its size.");
        case Line::ready: break;
        default: return fail(400, "A chunk is longer than its size.");
    }
    state_ = State::chunk_size;
    return Event::need_more;
}

HttpParser::Event HttpParser::read_trailer(std::string_view& bytes) {
    switch (take_line(bytes, header_bytes_left_)) {
        case Line::partial: return Event::need_more;
        case Line::too_long: return fail(431, "The trailers are too large.");
        case Line::malformed: return fail(400, "A line must end with CR LF.");
        case Line::ready: break;
    }
    if (whole_line_.empty()) {
        state_ = State::done;
        return Event::need_more;
    }
    if (headers_left_-- == 0) return fail(431, "There are too many trailers.");
    header_bytes_left_ -= std::min(header_bytes_left_, whole_line_.size() + 2);
    std::string_view name, value;
    // RFC 9110, 6.5.1: trailers may be dropped; merging them could smuggle a header in.
    if (!split_field(name, value)) return fail(400, "A trailer is malformed.");
    return Event::need_more;
}

}  // namespace soyuz::net
