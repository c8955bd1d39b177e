#pragma once

#include <cstddef>
#include <string_view>

#include "net/http_message.hpp"

/// Conditional requests and ranges (RFC 9110, 13 and 14) for what is known by a strong tag alone: it has no date.
namespace soyuz::web {

enum class Condition {
    met,
    not_modified,  ///< 304
    failed,        ///< 412
};

/// What If-Match and If-None-Match say about content whose ETag is `tag`, with its quotes. Ask only where the answer
/// would be 200 otherwise.
Condition check_conditions(net::HttpRequest const& request, std::string_view tag);

/// Which bytes are wanted.
struct WantedRange {
    enum class Kind {
        whole,
        part,    ///< 206
        beyond,  ///< 416
    } kind = Kind::whole;
    std::size_t first = 0, last = 0;  ///< of a part; both belong to it
};

/// The range that a GET names for `size` bytes. Several at once, other units and what is malformed are passed over, as
/// is a range that If-Range binds to other content.
WantedRange wanted_range(net::HttpRequest const& request, std::string_view tag, std::size_t size);

}  // namespace soyuz::web
