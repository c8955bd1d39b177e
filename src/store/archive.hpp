#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "base/result.hpp"

/// Data folders as tar files (POSIX pax, through libarchive).
namespace soyuz::store {

struct ArchivedFile {
    std::filesystem::path source;
    std::string name;                                                     ///< relative, as in the tar file
    std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max();  ///< only so much of its beginning
};

/// The regular files of a data folder that belong into a backup: no lock, no temporary files.
std::vector<ArchivedFile> list_archived_files(std::filesystem::path const& folder);

/// Writes files in the order given to a tar file of mode 0600, which appears only once it is whole and fsynced.
/// With `vanished`, files that are no longer there are left out and named in it.
base::Result<void> write_archive(std::vector<ArchivedFile> const& files, std::filesystem::path const& tar,
                                 std::vector<std::string>* vanished = nullptr);

/// Unpacks into a folder that is there and empty. Refuses anything but plain files and folders below it.
base::Result<void> read_archive(std::filesystem::path const& tar, std::filesystem::path const& folder);

}  // namespace soyuz::store
