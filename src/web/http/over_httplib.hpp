#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.hpp"
#include "web/http/answer.hpp"

namespace soyuz::web {

/// One part of a multipart/form-data body (RFC 7578).
struct Part {
    std::string name;
    std::string file_name;  ///< "" where it is a plain field
    std::string type;
    std::string content;
};

/// cpp-httplib over memory: it parses multipart bodies, hands the request to `handle` and writes the response, without
/// a socket or a thread of its own. Which route answers is decided by our Router in one look-up; cpp-httplib's own
/// table tries one regular expression after the other. Thread-safe.
class OverHttplib {
public:
    OverHttplib();
    ~OverHttplib();

    /// Makes the answer; none when it will come later by other means.
    using Handle = std::function<std::optional<Answer>(std::vector<Part> parts)>;

    /// The response in bytes; none where `handle` gave none.
    std::optional<std::string> process(net::HttpRequest const& request, bool close, Handle const& handle) const;

private:
    class Server;
    std::unique_ptr<Server> server_;
};

/// The media type of a Content-Type without its parameters, in lower case.
std::string media_type(std::string_view content_type);
/// The parameter charset of a Content-Type, in lower case and without quotes; "" where there is none.
std::string charset_of(std::string_view content_type);

}  // namespace soyuz::web
