#pragma once

#include <vector>

#include "store/files.hpp"
#include "store/maintenance.hpp"
#include "store/recovery.hpp"

namespace soyuz::store {

/// Reads every byte that recovery would trust until it is asked for: all messages, logs, previous generations and
/// the whole journal. Changes nothing.
std::vector<Finding> examine(Files& files, Path const& data, Recovered const& recovered);

/// As maintenance.hpp says.
Report check(Files& files, Path const& data);

}  // namespace soyuz::store
