#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/body_spool.hpp"

namespace soyuz::net {

/// One complete, well-framed HTTP request. Names of headers keep their spelling; look-ups ignore case.
struct HttpRequest {
    std::string method;
    std::string target;  ///< as it stood on the request line: path and query, still percent-encoded
    int minor_version = 1;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;                          ///< decoded where it came chunked; "" where it is spooled
    std::shared_ptr<BodySpool const> spooled;  ///< a body beyond Limits::spool_from_bytes

    std::string peer_address;  ///< numeric address at the other end of the socket, without port
    bool over_tls = false;
    std::shared_ptr<void> body_share;  ///< what a large body holds of the wire's budget, as long as this request lives

    /// First header of that name, or "".
    std::string_view header(std::string_view name) const;
    /// All headers of that name as one list (RFC 9110, 5.3).
    std::string joined(std::string_view name) const;
    std::string_view path() const;   ///< `target` up to the question mark
    std::string_view query() const;  ///< behind it
    /// The body, wherever it is kept.
    std::string_view content() const { return spooled ? spooled->bytes() : std::string_view{body}; }
};

/// The rest of a large answer, read block by block as the client takes it.
class BodySource {
public:
    virtual ~BodySource() = default;
    /// Hands over the next block, once and from any thread; an empty one ends the connection, for an answer that breaks
    /// off can't be told otherwise. Called on a loop, which it must not block, and not again before `done`.
    virtual void next(std::function<void(std::string block)> done) = 0;
};

/// One response, already in bytes: status line, headers, body.
struct HttpResponse {
    std::string bytes;
    bool close = false;  ///< close the connection after it
    /// Where set, `rest_bytes` more follow behind `bytes`.
    std::shared_ptr<BodySource> rest = nullptr;
    std::uint64_t rest_bytes = 0;
};

/// Answers one request, once, from any thread. Answers of pipelined requests leave in the order of the requests.
using Respond = std::function<void(HttpResponse)>;

/// Serialises a small response, or the beginning of one whose body goes on with `rest_bytes` more.
HttpResponse simple_response(int status, std::string_view content_type, std::string_view body,
                             std::vector<std::pair<std::string, std::string>> const& headers = {}, bool close = false,
                             std::uint64_t rest_bytes = 0);

/// A refusal that the wire makes itself: {"error":…,"message":`sentence`}, after which the connection closes.
HttpResponse refusal(int status, std::string_view sentence,
                     std::vector<std::pair<std::string, std::string>> const& headers = {});

}  // namespace soyuz::net
