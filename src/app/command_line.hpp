#pragma once

namespace soyuz::app {

/// Reads the command line and runs one command. Returns the exit code; failures leave one line on standard error.
int run(int argc, char** argv);

}  // namespace soyuz::app
