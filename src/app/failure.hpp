#pragma once

#include <stdexcept>
#include <string>

namespace soyuz::app {

/// Exit codes of sysexits.h that scripts and service managers may rely on.
enum class Exit : int {
    ok = 0,
    failed = 1,
    usage = 64,          ///< a command was used wrongly
    damaged = 65,        ///< data that can't be set aside safely
    unavailable = 69,    ///< the port is in use
    cannot_create = 73,  ///< the data folder is held by another server or can't be written
    bad_setting = 78,    ///< a bad option, variable or key
};

/// What ends the program: one line for standard error, and the exit code.
struct Failure : std::runtime_error {
    Failure(Exit exit_code, std::string const& line) : std::runtime_error(line), code(exit_code) {}
    Exit code;
};

}  // namespace soyuz::app
