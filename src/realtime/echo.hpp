#pragma once

#include "net/websocket.hpp"

namespace soyuz::realtime {

/// A socket that returns every message as it came, with limits that conformance suites need. For tests only.
net::WebSocketAccept echo_socket();

}  // namespace soyuz::realtime
