#pragma once

#include <string_view>

/// What people read on the console. One line an event, `key=value` pairs after the sentence. Thread-safe.
namespace soyuz::base::log {

/// trace, debug, info, warn, error or off; false when `level` is none of these.
bool set_level(std::string_view level);

void debug(std::string_view line);
void info(std::string_view line);
void warn(std::string_view line);
void error(std::string_view line);

}  // namespace soyuz::base::log
