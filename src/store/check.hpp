#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/files.hpp"
#include "store/recovery.hpp"

namespace soyuz::store {

/// What `check` found. `lines` are for people: each names file and byte.
struct Report {
    enum class State { clean = 0, torn_tail = 1, damaged = 2 } state = State::clean;
    std::vector<std::string> lines;
};

/// Examines a folder as recovery would, and changes nothing.
Report check(Path const& folder, Files& files = system_files());

/// Reads every byte that recovery would trust until it is asked for: all messages, logs, previous generations and
/// the whole journal. Changes nothing.
std::vector<Finding> examine(Files& files, Path const& data, Recovered const& recovered);

/// Is a previous generation, or a record of the journal that all files contain already, damaged? Also while a store
/// writes to the folder.
bool has_damage_behind_mark(Files& files, Path const& data);

}  // namespace soyuz::store
