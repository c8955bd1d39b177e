#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace soyuz::web {

/// The media type of a Content-Type without its parameters, in lower case.
std::string media_type(std::string_view content_type);

/// One parameter of a header's value: `; name=value` (RFC 9110, 5.6.6).
struct HeaderParameter {
    std::string name;   ///< in lower case
    std::string value;  ///< without quotes
};
/// Takes the next parameter off `rest`, which begins behind the value itself. None at the end and where it is
/// malformed; then `rest` tells which: it is empty at the end. A backslash protects only a quote or a backslash, so
/// that Windows paths survive.
std::optional<HeaderParameter> take_parameter(std::string_view& rest);

/// The value of the parameter `name` of a Content-Type; "" where it is absent.
std::string type_parameter(std::string_view content_type, std::string_view name);

}  // namespace soyuz::web
