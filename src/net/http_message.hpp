#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace soyuz::net {

/// One complete, well-framed HTTP request. Names of headers keep their spelling; look-ups ignore case.
struct HttpRequest {
    std::string method;
    std::string target;  ///< as it stood on the request line: path and query, still percent-encoded
    int minor_version = 1;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;  ///< decoded where it came chunked

    std::string peer_address;  ///< numeric address at the other end of the socket, without port
    bool over_tls = false;

    /// First header of that name, or "".
    std::string_view header(std::string_view name) const;
    /// All headers of that name as one list (RFC 9110, 5.3).
    std::string joined(std::string_view name) const;
    std::string_view path() const;   ///< `target` up to the question mark
    std::string_view query() const;  ///< behind it
};

/// One response, already in bytes: status line, headers, body.
struct HttpResponse {
    std::string bytes;
    bool close = false;  ///< close the connection after it
};

/// Answers one request, once, from any thread. Answers of pipelined requests leave in the order of the requests.
using Respond = std::function<void(HttpResponse)>;

/// Serialises a small response.
HttpResponse simple_response(int status, std::string_view content_type, std::string_view body,
                             std::vector<std::pair<std::string, std::string>> const& headers = {}, bool close = false);

/// A refusal that the wire makes itself: {"error":…,"message":`sentence`}, after which the connection closes.
HttpResponse refusal(int status, std::string_view sentence,
                     std::vector<std::pair<std::string, std::string>> const& headers = {});

}  // namespace soyuz::net
