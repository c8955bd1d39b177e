#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

/// What can be done with a data folder from outside of the server.
namespace soyuz::store {

/// What `check` found. `lines` are for people: each names file and byte.
struct Report {
    enum class State { clean = 0, torn_tail = 1, damaged = 2 } state = State::clean;
    std::vector<std::string> lines;
};

/// Examines a folder as recovery would, and changes nothing.
Report check(std::filesystem::path const& folder);

/// Writes a folder as a tar file, also while a server holds it: then the copy contains all that was acknowledged before
/// the call, and maybe some of what was after. The tar file is of mode 0600 and must be outside of the folder. Files of
/// `uploads`, where that is named, go below uploads/ in it. The folder remembers when it was done.
base::Result<void> backup(std::filesystem::path const& folder, std::filesystem::path const& tar,
                          std::filesystem::path const& uploads = {});

/// When `backup` last succeeded; none where nobody knows.
std::optional<base::Timestamp> last_backup(std::filesystem::path const& folder);

/// Unpacks a backup into a folder that is absent or empty, and checks it. Names that would leave the folder are
/// refused. What is below uploads/ goes to `uploads`, which must be absent or empty then; it is left out where no such
/// folder is named.
base::Result<void> restore(std::filesystem::path const& tar, std::filesystem::path const& folder,
                           std::filesystem::path const& uploads = {});

}  // namespace soyuz::store
