#pragma once

#include <vector>

#include "store/files.hpp"
#include "store/maintenance.hpp"
#include "store/recovery.hpp"

namespace soyuz::store {

/// Reads every byte that recovery would trust until it is asked for: all messages, logs, previous generations and
/// the whole journal. Changes nothing.
std::vector<Finding> examine(Files& files, Path const& data, Recovered const& recovered);

/// Is a previous generation, or a record of the journal that all files contain already, damaged? Also while a store
/// writes to the folder.
bool has_damage_behind_mark(Files& files, Path const& data);

/// As maintenance.hpp says.
Report check(Files& files, Path const& data);

}  // namespace soyuz::store
