#pragma once

#include <memory>

#include "socketio/engine_server.hpp"
#include "socketio/namespaces.hpp"

/// What the conformance suites of both protocols talk to. For tests only.
namespace soyuz::socketio {

/// Returns every message of Engine.IO as it came.
std::unique_ptr<EngineHandler> echo_handler();

/// Of a namespace that anybody may connect to: the event `auth` with the handshake's payload first; `message` is
/// answered by `message-back` with its arguments, `message-with-ack` by an acknowledgement with them.
ConnectRule test_rule();

}  // namespace soyuz::socketio
