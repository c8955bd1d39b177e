#pragma once

#include <string_view>

namespace soyuz::app {

/// Tells a service manager how things stand, as sd_notify(3) does: "READY=1", "STOPPING=1". Does nothing where none
/// listens (NOTIFY_SOCKET).
void tell_service_manager(std::string_view state);

}  // namespace soyuz::app
