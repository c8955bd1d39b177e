#pragma once

#include <string>
#include <string_view>

#include "net/http_message.hpp"
#include "web/http/answer.hpp"
#include "web/http/client_address.hpp"
#include "web/http/origins.hpp"

namespace soyuz::web {

/// Puts on what every answer carries: security headers, CORS where it is on, Date, and gzip for text of a kilobyte or
/// more where the client takes it.
void finish_answer(Answer& answer, net::HttpRequest const& request, Client const& client, Origins const& origins);

std::string gzip(std::string_view text);

}  // namespace soyuz::web
