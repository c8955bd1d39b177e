#pragma once

#include "net/http_message.hpp"

namespace soyuz::web {

struct SiteContext;

/// Brings a request to its route and its answer back. Runs on a worker, and waits for nothing but it; the
/// answer may come later, from any thread.
void dispatch(SiteContext& site, net::HttpRequest request, net::Respond respond);

}  // namespace soyuz::web
