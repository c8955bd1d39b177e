#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace soyuz::store {

/// Writes a folder as a tar file (POSIX pax, through libarchive), also while a server holds it: then the copy contains
/// all that was acknowledged before the call, and maybe some of what was after. The tar file is of mode 0600, must be
/// outside of the folder, and appears only once it is whole and fsynced. Files of `uploads`, where that is named, go
/// below uploads/ in it. The folder remembers when it was done.
base::Result<void> backup(std::filesystem::path const& folder, std::filesystem::path const& tar,
                          std::filesystem::path const& uploads = {});

/// When `backup` last succeeded; none where nobody knows.
std::optional<base::Timestamp> last_backup(std::filesystem::path const& folder);

/// Where uploads are in a tar file; no data folder holds such a name.
inline constexpr std::string_view uploads_name = "uploads";

}  // namespace soyuz::store
