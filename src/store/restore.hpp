#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.hpp"

namespace soyuz::store {

/// More than any backup has; fewer in tests.
struct ArchiveLimits {
    std::uint64_t entries = 1'000'000;
    std::uint64_t bytes = 1ULL << 40U;
    std::uint64_t ratio = 200;  ///< of what is unpacked to the file's own size; what gzip makes of a backup is below 30
};

/// Unpacks a backup, a tar file that may be packed with gzip, into a folder that is absent or empty, and checks it.
/// What is below uploads/ goes to `uploads`, which must be absent or empty then; it is left out where no such folder is
/// named.
///
/// The whole file is looked at before anything is made: there must be a checkpoint.json in it, and nothing but files
/// and folders with names that stay inside, within the limits.
base::Result<void> restore(std::filesystem::path const& tar, std::filesystem::path const& folder,
                           std::filesystem::path const& uploads = {}, ArchiveLimits const& limits = {});

}  // namespace soyuz::store
