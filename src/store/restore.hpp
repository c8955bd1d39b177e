#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace soyuz::store {

/// Unpacks a backup into a folder that is absent or empty, and checks it. Names that would leave the folder are
/// refused. What is below uploads/ goes to `uploads`, which must be absent or empty then; it is left out where no such
/// folder is named.
base::Result<void> restore(std::filesystem::path const& tar, std::filesystem::path const& folder,
                           std::filesystem::path const& uploads = {});

}  // namespace soyuz::store
