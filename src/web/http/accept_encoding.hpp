#pragma once

#include <initializer_list>
#include <string_view>

#include "net/http_message.hpp"

namespace soyuz::web {

/// Which of the codings `offered` (the best first, in small letters) the client likes most, by Accept-Encoding
/// (RFC 9110, 12.5.3); "" for none: it names none of them, or would rather have the content as it is.
std::string_view preferred_coding(net::HttpRequest const& request, std::initializer_list<std::string_view> offered);

}  // namespace soyuz::web
