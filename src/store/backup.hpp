#pragma once

#include <filesystem>
#include <optional>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace soyuz::store {

/// Writes a folder as a tar file, also while a server holds it: then the copy contains all that was acknowledged before
/// the call, and maybe some of what was after. The tar file is of mode 0600 and must be outside of the folder. Files of
/// `uploads`, where that is named, go below uploads/ in it. The folder remembers when it was done.
base::Result<void> backup(std::filesystem::path const& folder, std::filesystem::path const& tar,
                          std::filesystem::path const& uploads = {});

/// When `backup` last succeeded; none where nobody knows.
std::optional<base::Timestamp> last_backup(std::filesystem::path const& folder);

}  // namespace soyuz::store
