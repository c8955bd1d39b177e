#pragma once

#include "app/config.hpp"

namespace soyuz::app {

/// `soyuz serve`: runs until SIGTERM, SIGINT or SIGHUP, and returns the exit code.
int serve(Config config);

}  // namespace soyuz::app
