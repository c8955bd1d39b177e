#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

/// Data folders as tar files (POSIX pax, through libarchive).
namespace soyuz::store {

struct ArchivedFile {
    std::filesystem::path source;
    std::string name;  ///< relative, as in the tar file
};

/// The regular files of a data folder that belong into a backup: no lock, no temporary files.
std::vector<ArchivedFile> list_archived_files(std::filesystem::path const& folder);

/// Writes files in the order given to a tar file of mode 0600, which appears only once it is whole and fsynced.
/// With `vanished`, files that are no longer there are left out and named in it. Then the files of `uploads` follow,
/// where that is named: they are listed only after the others were read, so that none is missing that those speak of;
/// one that is removed meanwhile is left out.
base::Result<void> write_archive(std::vector<ArchivedFile> const& files, std::filesystem::path const& tar,
                                 std::vector<std::string>* vanished = nullptr,
                                 std::filesystem::path const& uploads = {});

/// Unpacks into a folder that is there and empty, and what is below uploads/ into `uploads`, which is made; where that
/// is not named it is left out. All of it is durable then. Refuses anything but plain files and folders.
base::Result<void> read_archive(std::filesystem::path const& tar, std::filesystem::path const& folder,
                                std::filesystem::path const& uploads = {});

}  // namespace soyuz::store
